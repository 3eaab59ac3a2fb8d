package org.spawnmesh.admin;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.springframework.security.authentication.ReactiveAuthenticationManager;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
import org.springframework.security.oauth2.client.endpoint.WebClientReactiveAuthorizationCodeTokenResponseClient;
import org.springframework.security.oauth2.client.oidc.authentication.OidcAuthorizationCodeReactiveAuthenticationManager;
import org.springframework.security.oauth2.client.oidc.userinfo.OidcReactiveOAuth2UserService;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.client.registration.ClientRegistrations;
import org.springframework.security.oauth2.client.registration.ReactiveClientRegistrationRepository;
import org.springframework.security.oauth2.core.oidc.user.OidcUserAuthority;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Who logs people in elsewhere, by OpenID Connect. The provider is asked what it can do when
 * somebody first wants to log in, so a console starts without it. Thread-safe.
 */
final class SingleSignOn implements ReactiveClientRegistrationRepository {

  private static final String ID = "oidc";

  /** Leads to the provider; relative to the console. */
  static final String PATH = "oauth2/authorization/" + ID;

  private final AdminProperties.Oidc settings;
  private final Mono<ClientRegistration> registration;

  SingleSignOn(AdminProperties.Oidc settings, String issuer) {
    this.settings = settings;
    registration =
        Mono.fromCallable(
                () ->
                    ClientRegistrations.fromIssuerLocation(issuer)
                        .registrationId(ID)
                        .clientId(settings.clientId())
                        .clientSecret(settings.clientSecret())
                        .scope(settings.scopes())
                        .build())
            .subscribeOn(Schedulers.boundedElastic())
            .cacheInvalidateIf(found -> false);
  }

  @Override
  public Mono<ClientRegistration> findByRegistrationId(String id) {
    return id.equals(ID) ? registration : Mono.empty();
  }

  ReactiveAuthenticationManager authentication() {
    var manager =
        new OidcAuthorizationCodeReactiveAuthenticationManager(
            new WebClientReactiveAuthorizationCodeTokenResponseClient(),
            new OidcReactiveOAuth2UserService());
    manager.setAuthoritiesMapper(this::roles);
    return manager;
  }

  /** Only the roles that the id token names; what Spring Security adds is none of the console's. */
  private List<GrantedAuthority> roles(Collection<? extends GrantedAuthority> granted) {
    List<GrantedAuthority> roles = new ArrayList<>();
    for (GrantedAuthority each : granted) {
      if (each instanceof OidcUserAuthority user
          && user.getIdToken().getClaim(settings.rolesClaim()) instanceof Collection<?> named) {
        for (Object name : named) {
          try {
            roles.add(new SimpleGrantedAuthority(Role.authority(String.valueOf(name))));
          } catch (IllegalArgumentException e) {
            continue; // a role in somebody else's program
          }
        }
      }
    }
    return roles;
  }
}
