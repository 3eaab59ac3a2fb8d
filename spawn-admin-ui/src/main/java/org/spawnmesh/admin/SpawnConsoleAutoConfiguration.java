package org.spawnmesh.admin;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.net.URI;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.webflux.autoconfigure.WebHttpHandlerBuilderCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.netty.http.client.HttpClient;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the console in a reactive web application.
 */
@AutoConfiguration(
    beforeName = "org.springframework.boot.webflux.autoconfigure.HttpHandlerAutoConfiguration")
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
@ConditionalOnProperty(name = "spawn.admin.enabled", matchIfMissing = true)
@EnableConfigurationProperties(AdminProperties.class)
public final class SpawnConsoleAutoConfiguration {

  private static final Logger log = LoggerFactory.getLogger(SpawnConsoleAutoConfiguration.class);

  @Bean
  @ConditionalOnMissingBean
  Discovered spawnConsoleDiscovered(AdminProperties properties) {
    return Discovered.of(properties);
  }

  @Bean
  @ConditionalOnMissingBean
  Console spawnConsole(
      AdminProperties properties,
      Discovered discovered,
      ObjectProvider<SslBundles> bundles,
      Environment environment) {
    letSomebodyIn(properties);
    List<URI> configured = List.copyOf(properties.getNodes());
    boolean alone = configured.isEmpty() && !properties.getDiscovery().isOn();
    return new Console(
        properties,
        new Nodes(
            () ->
                alone
                    ? itself(environment)
                    : Stream.concat(configured.stream(), discovered.get().stream())
                        .distinct()
                        .toList(),
            () -> {
              String token = properties.getToken();
              return token != null ? token : environment.getProperty("spawn.management.token");
            },
            properties.getNodeTimeout(),
            web(properties.getSslBundle(), bundles)));
  }

  /** Shows the bundle's certificate to the nodes, and trusts whom the bundle trusts. */
  private static WebClient.Builder web(@Nullable String name, ObjectProvider<SslBundles> bundles) {
    if (name == null) {
      return WebClient.builder();
    }
    SslBundle bundle = bundles.getObject().getBundle(name);
    return WebClient.builder()
        .clientConnector(
            new ReactorClientHttpConnector(
                HttpClient.create().secure(spec -> spec.sslContext(context(bundle)))));
  }

  private static SslContext context(SslBundle bundle) {
    try {
      return SslContextBuilder.forClient()
          .keyManager(bundle.getManagers().getKeyManagerFactory())
          .trustManager(bundle.getManagers().getTrustManagerFactory())
          .build();
    } catch (SSLException e) {
      throw new IllegalStateException(
          "spawn.admin.ssl-bundle cannot be used: " + e.getMessage(), e);
    }
  }

  /** The application's own management API, once it listens. */
  private static List<URI> itself(Environment environment) {
    String port = environment.getProperty("local.spawn.management.port");
    return port == null ? List.of() : List.of(URI.create("http://127.0.0.1:" + port));
  }

  private static void letSomebodyIn(AdminProperties properties) {
    if (!properties.getUsers().isEmpty() || properties.getOidc().getIssuer() != null) {
      return;
    }
    byte[] random = new byte[18];
    new SecureRandom().nextBytes(random);
    AdminProperties.User admin = new AdminProperties.User();
    admin.setName("admin");
    admin.setPassword("{noop}" + Base64.getUrlEncoder().encodeToString(random));
    admin.setRoles(List.of("ADMIN"));
    properties.setUsers(List.of(admin));
    log.warn(
        "\n\n"
            + "Console at {}: log in as 'admin' with the generated password {}\n\n"
            + "Set spawn.admin.users to choose who may log in.\n",
        properties.getPath(),
        admin.getPassword().substring("{noop}".length()));
  }

  @Bean
  WebHttpHandlerBuilderCustomizer spawnConsoleMount(Console console, AdminProperties properties) {
    String path = properties.getPath().replaceAll("/+$", "");
    return builder ->
        builder.httpHandlerDecorator(
            application -> new Mount(path, console.handler(), application));
  }
}
