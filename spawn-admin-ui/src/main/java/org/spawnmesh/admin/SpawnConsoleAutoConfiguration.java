package org.spawnmesh.admin;

import java.net.URI;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.webflux.autoconfigure.WebHttpHandlerBuilderCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

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
  Console spawnConsole(AdminProperties properties, Environment environment) {
    letSomebodyIn(properties);
    List<URI> configured = List.copyOf(properties.getNodes());
    return new Console(
        properties,
        new Nodes(
            () -> configured.isEmpty() ? itself(environment) : configured,
            () -> {
              String token = properties.getToken();
              return token != null ? token : environment.getProperty("spawn.management.token");
            },
            properties.getNodeTimeout()));
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
        "\n\nConsole at {}: log in as 'admin' with the generated password {}\n\nSet spawn.admin.users to choose who may log in.\n",
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
