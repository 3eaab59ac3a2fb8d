package org.spawnmesh.proxy.config;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The environment variables that deployments of Spawn set, as properties. Pure. An empty variable
 * is an absent one.
 */
final class ProxyVariables {

  static final String SQLITE_FILE = "data/spawn-proxy.db";

  private final Function<String, @Nullable String> environment;
  private final Map<String, Object> properties = new LinkedHashMap<>();

  private ProxyVariables(Function<String, @Nullable String> environment) {
    this.environment = environment;
  }

  /**
   * @param environment a variable's value, or null
   * @throws InvalidVariableException if a value cannot be used
   */
  static Map<String, Object> properties(Function<String, @Nullable String> environment) {
    return new ProxyVariables(environment).read();
  }

  private Map<String, Object> read() {
    put("spawn.system", "PROXY_ACTOR_SYSTEM_NAME", "spawn-system");
    put("server.port", port("PROXY_HTTP_PORT", 0), "9001");
    put("spawn.proxy.name", "PROXY_APP_NAME", "");
    put("spawn.proxy.host-address", "USER_FUNCTION_HOST", "");
    put("spawn.proxy.host-port", port("USER_FUNCTION_PORT", 1), "");
    put("spawn.cluster.transport.advertised-host", "POD_IP", "");
    put("spawn.proxy.uds.address", "PROXY_UDS_ADDRESS", "");
    if (isTrue("PROXY_UDS_ENABLED")) {
      properties.put("spawn.proxy.uds.enabled", "true");
    }
    mode();
    logging();
    port("PROXY_DATABASE_PORT", 1);
    new DatabaseVariables(this::value, this::isTrue).into(properties);
    return properties;
  }

  /** The variable, when it is sure that there is a port in it, or nothing. */
  private String port(String variable, int least) {
    String value = value(variable);
    boolean fits =
        value.isEmpty()
            || (value.matches("[0-9]{1,5}")
                && Integer.parseInt(value) >= least
                && Integer.parseInt(value) <= 65_535);
    if (!fits) {
      throw new InvalidVariableException(
          "%s is '%s', which is no port.".formatted(variable, value),
          "Set it to a number from %d to 65535, or leave it out.".formatted(least));
    }
    return variable;
  }

  private void put(String property, String variable, String otherwise) {
    String value = value(variable);
    String effective = value.isEmpty() ? otherwise : value;
    if (!effective.isEmpty()) {
      properties.put(property, effective);
    }
  }

  private void mode() {
    String mode = value("PROXY_DEPLOYMENT_MODE").toLowerCase(Locale.ROOT);
    switch (mode) {
      case "" -> {}
      case "sidecar", "daemon" -> properties.put("spawn.proxy.mode", mode);
      default ->
          throw new InvalidVariableException(
              "PROXY_DEPLOYMENT_MODE is '%s'.".formatted(mode), "Set it to sidecar or daemon.");
    }
  }

  /** Elixir's words for levels; what is no level here changes nothing. */
  private void logging() {
    String level = value("SPAWN_PROXY_LOGGER_LEVEL").toLowerCase(Locale.ROOT);
    switch (level) {
      case "debug", "info", "error" -> properties.put("logging.level.org.spawnmesh", level);
      case "warn", "warning" -> properties.put("logging.level.org.spawnmesh", "warn");
      default -> {}
    }
  }

  private String value(String variable) {
    String value = environment.apply(variable);
    return value == null ? "" : value.strip();
  }

  private boolean isTrue(String variable) {
    return value(variable).equalsIgnoreCase("true");
  }
}
