package org.spawnmesh.admin;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpStatus;
import org.springframework.security.config.annotation.web.reactive.EnableWebFluxSecurity;
import org.springframework.security.config.web.server.SecurityWebFiltersOrder;
import org.springframework.security.config.web.server.ServerHttpSecurity;
import org.springframework.security.core.userdetails.MapReactiveUserDetailsService;
import org.springframework.security.crypto.factory.PasswordEncoderFactories;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.security.web.server.DelegatingServerAuthenticationEntryPoint;
import org.springframework.security.web.server.DelegatingServerAuthenticationEntryPoint.DelegateEntry;
import org.springframework.security.web.server.SecurityWebFilterChain;
import org.springframework.security.web.server.authentication.HttpStatusServerEntryPoint;
import org.springframework.security.web.server.authentication.RedirectServerAuthenticationEntryPoint;
import org.springframework.security.web.server.authentication.RedirectServerAuthenticationFailureHandler;
import org.springframework.security.web.server.authentication.RedirectServerAuthenticationSuccessHandler;
import org.springframework.security.web.server.header.ReferrerPolicyServerHttpHeadersWriter.ReferrerPolicy;
import org.springframework.security.web.server.util.matcher.ServerWebExchangeMatchers;
import org.springframework.web.reactive.config.EnableWebFlux;
import org.springframework.web.reactive.config.ResourceHandlerRegistry;
import org.springframework.web.reactive.config.WebFluxConfigurer;
import org.springframework.web.server.session.CookieWebSessionIdResolver;
import org.springframework.web.server.session.DefaultWebSessionManager;
import org.springframework.web.server.session.InMemoryWebSessionStore;
import org.springframework.web.server.session.WebSessionManager;

/**
 * The console's own context, apart from the application's: its filters, sessions and users are
 * nobody else's.
 */
@Configuration(proxyBeanMethods = false)
@EnableWebFlux
@EnableWebFluxSecurity
class ConsoleConfiguration implements WebFluxConfigurer {

  /** No script, style, image or request of another origin, nothing inline, no frame around it. */
  static final String CONTENT_SECURITY_POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
          + " connect-src 'self'; form-action 'self'; base-uri 'self'; frame-ancestors 'none'";

  @Override
  public void addResourceHandlers(ResourceHandlerRegistry registry) {
    registry
        .addResourceHandler("/assets/**")
        .addResourceLocations(
            "classpath:/org/spawnmesh/admin/dist/assets/", "classpath:/org/spawnmesh/admin/static/")
        .setCacheControl(CacheControl.maxAge(Duration.ofDays(365)).cachePublic().immutable());
  }

  @Bean
  SecurityWebFilterChain spawnConsoleSecurity(
      ServerHttpSecurity http, AdminProperties properties, Users users, Audit audit) {
    LoginGuard guard = new LoginGuard(new LoginBrake(System::nanoTime), audit, users.names());
    http.addFilterBefore(guard, SecurityWebFiltersOrder.FORM_LOGIN)
        .authorizeExchange(
            rules ->
                rules
                    .pathMatchers("/login", "/assets/**")
                    .permitAll()
                    .anyExchange()
                    .authenticated())
        .formLogin(
            form ->
                form.loginPage("/login")
                    .authenticationSuccessHandler(
                        handlers -> {
                          handlers.add(guard::succeeded);
                          handlers.add(new RedirectServerAuthenticationSuccessHandler());
                        }))
        .exceptionHandling(wrong -> wrong.authenticationEntryPoint(entryPoint()))
        .headers(
            headers ->
                headers
                    .contentSecurityPolicy(csp -> csp.policyDirectives(CONTENT_SECURITY_POLICY))
                    .referrerPolicy(referrer -> referrer.policy(ReferrerPolicy.NO_REFERRER))
                    .permissionsPolicy(
                        permissions ->
                            permissions.policy("camera=(), microphone=(), geolocation=()")));
    AdminProperties.Oidc oidc = properties.oidc();
    if (oidc.issuer() != null) {
      SingleSignOn elsewhere = new SingleSignOn(oidc, oidc.issuer());
      http.oauth2Login(
          login ->
              login
                  .clientRegistrationRepository(elsewhere)
                  .authenticationManager(elsewhere.authentication())
                  .authenticationFailureHandler(
                      new RedirectServerAuthenticationFailureHandler("/login?error")));
    }
    return http.build();
  }

  /** A page leads to the login; a request of a script or of a page's code is told. */
  private static DelegatingServerAuthenticationEntryPoint entryPoint() {
    DelegatingServerAuthenticationEntryPoint entryPoint =
        new DelegatingServerAuthenticationEntryPoint(
            new DelegateEntry(
                ServerWebExchangeMatchers.pathMatchers("/api/**"),
                new HttpStatusServerEntryPoint(HttpStatus.UNAUTHORIZED)));
    entryPoint.setDefaultEntryPoint(new RedirectServerAuthenticationEntryPoint("/login"));
    return entryPoint;
  }

  @Bean
  PasswordEncoder spawnConsolePasswords() {
    return PasswordEncoderFactories.createDelegatingPasswordEncoder();
  }

  @Bean
  MapReactiveUserDetailsService spawnConsoleUsers(Users users, PasswordEncoder encoder) {
    return new MapReactiveUserDetailsService(users.details(encoder));
  }

  @Bean
  WebSessionManager webSessionManager(AdminProperties properties) {
    CookieWebSessionIdResolver cookie = new CookieWebSessionIdResolver();
    cookie.setCookieName("SPAWN_CONSOLE");
    cookie.addCookieInitializer(each -> each.httpOnly(true).sameSite("Lax"));
    Duration timeout = properties.sessionTimeout();
    InMemoryWebSessionStore store =
        new InMemoryWebSessionStore() {
          @Override
          public reactor.core.publisher.Mono<org.springframework.web.server.WebSession>
              createWebSession() {
            return super.createWebSession().doOnNext(fresh -> fresh.setMaxIdleTime(timeout));
          }
        };
    DefaultWebSessionManager manager = new DefaultWebSessionManager();
    manager.setSessionIdResolver(cookie);
    manager.setSessionStore(store);
    return manager;
  }

  @Bean
  Fleet spawnConsoleFleet(Nodes nodes) {
    return new Fleet(nodes, System::nanoTime);
  }

  @Bean
  LiveFeed spawnConsoleLiveFeed(Fleet fleet, AdminProperties properties) {
    return new LiveFeed(fleet, InstantSource.system(), properties.liveStreams());
  }

  @Bean
  Audit spawnConsoleAudit(AdminProperties properties) {
    String file = properties.auditFile();
    return new Audit(file == null ? null : Path.of(file), InstantSource.system());
  }

  @Bean
  Access spawnConsoleAccess(Audit audit, Fleet fleet) {
    return new Access(audit, fleet::forget);
  }

  @Bean
  Problems spawnConsoleProblems() {
    return new Problems();
  }

  @Bean
  ConsoleApi spawnConsoleApi(Fleet fleet, LiveFeed live, Audit audit, AdminProperties properties) {
    return new ConsoleApi(fleet, live, audit, properties.kubernetes().enabled());
  }

  @Bean
  ActorsApi spawnConsoleActors(Fleet fleet, Access access) {
    return new ActorsApi(fleet, access);
  }

  @Bean
  AgendaApi spawnConsoleAgenda(Fleet fleet, Access access) {
    return new AgendaApi(fleet, access);
  }

  @Bean
  MeshApi spawnConsoleMesh(Fleet fleet, Access access) {
    return new MeshApi(fleet, new ViewLog(InstantSource.system()), access);
  }

  @Bean
  ConsolePages spawnConsolePages(AdminProperties properties) {
    AdminProperties.Oidc oidc = properties.oidc();
    return new ConsolePages(
        oidc.issuer() == null ? Map.of() : Map.of(SingleSignOn.PATH, oidc.name()));
  }
}
