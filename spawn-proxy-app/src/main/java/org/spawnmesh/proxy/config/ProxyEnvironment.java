package org.spawnmesh.proxy.config;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.support.ResourcePropertySource;

/**
 * Adds what the variables of {@link ProxyVariables} say, behind everything else: a property that is
 * set in any other way wins.
 */
final class ProxyEnvironment implements EnvironmentPostProcessor, Ordered {

  private static final String NAME = "spawnProxyVariables";
  private static final String KEYS = "spawn.statestore.encryption.keys";

  @Override
  public void postProcessEnvironment(
      ConfigurableEnvironment environment, SpringApplication application) {
    Map<String, Object> properties =
        new HashMap<>(
            ProxyVariables.properties(
                variable -> (String) environment.getSystemEnvironment().get(variable)));
    if (environment.getProperty("spawn.statestore.type", "").equalsIgnoreCase("memory")
        || environment.containsProperty("spring.datasource.url")) {
      properties.keySet().removeIf(property -> property.startsWith("spawn.statestore."));
    }
    key(environment, properties);
    environment.getPropertySources().addLast(new MapPropertySource(NAME, properties));
    environment.getPropertySources().addLast(webServer());
  }

  /**
   * What the protocol needs of the web server. Not in {@code application.properties}: where the
   * proxy is a library, the application's own file of that name is read instead.
   */
  private static PropertySource<?> webServer() {
    try {
      return new ResourcePropertySource(new ClassPathResource("META-INF/spawn-proxy.properties"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A ring of keys says more than the one key; the two do not add up. */
  private static void key(ConfigurableEnvironment environment, Map<String, Object> properties) {
    Object key = environment.getSystemEnvironment().get("SPAWN_STATESTORE_KEY");
    if (key instanceof String text && !text.isBlank() && !hasKeys(environment)) {
      properties.put(KEYS + ".statestore-key", text.strip());
    }
  }

  static boolean hasKeys(ConfigurableEnvironment environment) {
    return environment.getPropertySources().stream()
        .filter(EnumerablePropertySource.class::isInstance)
        .flatMap(
            source ->
                java.util.Arrays.stream(((EnumerablePropertySource<?>) source).getPropertyNames()))
        .map(name -> name.toLowerCase(java.util.Locale.ROOT).replace('_', '.'))
        .anyMatch(name -> name.startsWith(KEYS + "."));
  }

  /** After the files have been read. */
  @Override
  public int getOrder() {
    return Ordered.LOWEST_PRECEDENCE;
  }
}
