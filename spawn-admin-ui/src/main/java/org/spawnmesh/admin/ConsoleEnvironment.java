package org.spawnmesh.admin;

import java.security.SecureRandom;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.util.ClassUtils;

/**
 * In an application with actors: opens its management API to this console alone, on a free port of
 * this machine, with a token that nobody else knows. What the application sets itself wins.
 */
final class ConsoleEnvironment implements EnvironmentPostProcessor {

  private static final String ACTORS = "org.spawnmesh.spring.management.ManagementServer";

  @Override
  public void postProcessEnvironment(
      ConfigurableEnvironment environment, SpringApplication application) {
    boolean wanted = environment.getProperty("spawn.admin.enabled", Boolean.class, true);
    boolean elsewhere =
        environment.containsProperty("spawn.admin.nodes")
            || environment.containsProperty("spawn.admin.nodes[0]")
            || environment.containsProperty("spawn.admin.discovery.zookeeper.connect-string")
            || environment.getProperty(
                "spawn.admin.discovery.kubernetes.enabled", Boolean.class, false);
    if (!wanted || elsewhere || !ClassUtils.isPresent(ACTORS, application.getClassLoader())) {
      return;
    }
    byte[] random = new byte[24];
    new SecureRandom().nextBytes(random);
    Map<String, Object> defaults = new HashMap<>();
    defaults.put("spawn.management.port", "0");
    defaults.put("spawn.management.token", HexFormat.of().formatHex(random));
    defaults.keySet().removeIf(environment::containsProperty);
    environment.getPropertySources().addLast(new MapPropertySource("spawnConsole", defaults));
  }
}
