package org.spawnmesh.admin;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.net.URI;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.netty.http.client.HttpClient;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the console in a web application, of
 * either kind.
 */
@AutoConfiguration(
    beforeName = "org.springframework.boot.webflux.autoconfigure.HttpHandlerAutoConfiguration")
@ConditionalOnWebApplication
@ConditionalOnProperty(name = "spawn.admin.enabled", matchIfMissing = true)
@EnableConfigurationProperties(AdminProperties.class)
@Import({ReactiveMount.class, ServletMount.class})
public final class SpawnConsoleAutoConfiguration {

  @Bean
  @ConditionalOnMissingBean
  Discovered spawnConsoleDiscovered(AdminProperties properties) {
    return Discovered.of(properties);
  }

  @Bean
  @ConditionalOnMissingBean
  Users spawnConsoleUsers(AdminProperties properties) {
    return Users.of(properties);
  }

  @Bean
  @ConditionalOnMissingBean
  Console spawnConsole(
      AdminProperties properties,
      Users users,
      Discovered discovered,
      ObjectProvider<SslBundles> bundles,
      Environment environment) {
    List<URI> configured = List.copyOf(properties.nodes());
    boolean alone = configured.isEmpty() && !properties.discovery().isOn();
    return new Console(
        properties,
        users,
        new Nodes(
            () ->
                alone
                    ? itself(environment)
                    : Stream.concat(configured.stream(), discovered.get().stream())
                        .distinct()
                        .toList(),
            () -> {
              String token = properties.token();
              return token != null ? token : environment.getProperty("spawn.management.token");
            },
            properties.nodeTimeout(),
            web(properties.sslBundle(), bundles)));
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
}
