package org.spawnmesh.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProxyVariablesTest {

  private static Map<String, Object> properties(String... variables) {
    Map<String, String> environment = new java.util.HashMap<>();
    for (int i = 0; i < variables.length; i += 2) {
      environment.put(variables[i], variables[i + 1]);
    }
    return ProxyVariables.properties(environment::get);
  }

  @Test
  void withoutVariablesAProxyKeepsStateInAFile() {
    assertThat(properties())
        .containsEntry("server.port", "9001")
        .containsEntry("spawn.system", "spawn-system")
        .containsEntry("spawn.statestore.url", "jdbc:sqlite:data/spawn-proxy.db")
        .hasSize(3);
  }

  @Test
  void anEmptyVariableIsAnAbsentOne() {
    assertThat(properties("PROXY_HTTP_PORT", "", "PROXY_DATABASE_TYPE", " "))
        .isEqualTo(properties());
  }

  @Test
  void variablesBecomeProperties() {
    assertThat(
            properties(
                "PROXY_HTTP_PORT", "9002",
                "PROXY_ACTOR_SYSTEM_NAME", "shop",
                "PROXY_APP_NAME", "orders",
                "USER_FUNCTION_HOST", "10.0.0.7",
                "USER_FUNCTION_PORT", "8091",
                "PROXY_DEPLOYMENT_MODE", "Daemon",
                "PROXY_UDS_ENABLED", "true",
                "PROXY_UDS_ADDRESS", "/tmp/spawn.sock",
                "SPAWN_PROXY_LOGGER_LEVEL", "warning",
                "PROXY_DATABASE_USERNAME", "me",
                "PROXY_DATABASE_SECRET", "pass"))
        .containsEntry("server.port", "9002")
        .containsEntry("spawn.system", "shop")
        .containsEntry("spawn.proxy.name", "orders")
        .containsEntry("spawn.proxy.host-address", "10.0.0.7")
        .containsEntry("spawn.proxy.host-port", "8091")
        .containsEntry("spawn.proxy.mode", "daemon")
        .containsEntry("spawn.proxy.uds.enabled", "true")
        .containsEntry("spawn.proxy.uds.address", "/tmp/spawn.sock")
        .containsEntry("logging.level.org.spawnmesh", "warn")
        .containsEntry("spawn.statestore.username", "me")
        .containsEntry("spawn.statestore.password", "pass");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          sqlite      | jdbc:sqlite:shop
          Postgres    | jdbc:postgresql://db:7/shop?sslmode=prefer
          POSTGRESQL  | jdbc:postgresql://db:7/shop?sslmode=prefer
          cockroachdb | jdbc:postgresql://db:7/shop?sslmode=prefer
          mysql       | jdbc:mariadb://db:7/shop?sslMode=disable
          MariaDB     | jdbc:mariadb://db:7/shop?sslMode=disable
          MSSQL       | jdbc:sqlserver://db:7;databaseName=shop;encrypt=false
          """)
  void everyTypeOfDatabaseHasItsUrl(String type, String url) {
    assertThat(
            properties(
                "PROXY_DATABASE_TYPE", type,
                "PROXY_DATABASE_HOST", "db",
                "PROXY_DATABASE_PORT", "7",
                "PROXY_DATABASE_NAME", "shop"))
        .containsEntry("spawn.statestore.url", url);
  }

  @Test
  void encryptedConnectionsAreVerifiedIfAskedTo() {
    assertThat(properties("PROXY_DATABASE_TYPE", "postgres", "PROXY_DATABASE_SSL", "true"))
        .containsEntry(
            "spawn.statestore.url",
            "jdbc:postgresql://127.0.0.1:5432/eigr-functions-db?sslmode=require");
    assertThat(
            properties(
                "PROXY_DATABASE_TYPE", "mysql",
                "PROXY_DATABASE_SSL", "true",
                "PROXY_DATABASE_SSL_VERIFY", "true"))
        .containsEntry(
            "spawn.statestore.url",
            "jdbc:mariadb://127.0.0.1:3306/eigr-functions-db?sslMode=verify-full");
  }

  @Test
  void whatCannotBeUsedSaysWhatCan() {
    assertThatThrownBy(() -> properties("PROXY_DATABASE_TYPE", "native"))
        .isInstanceOf(InvalidVariableException.class)
        .hasMessageContaining("native")
        .hasMessageContaining("sqlite, h2, postgres");
    assertThatThrownBy(() -> properties("PROXY_DEPLOYMENT_MODE", "cloud"))
        .hasMessageContaining("sidecar or daemon");
    for (String variable :
        List.of("PROXY_HTTP_PORT", "USER_FUNCTION_PORT", "PROXY_DATABASE_PORT")) {
      for (String value : List.of("http", "-1", "65536", "tcp://10.0.0.1:80")) {
        assertThatThrownBy(() -> properties(variable, value))
            .isInstanceOf(InvalidVariableException.class)
            .hasMessageContainingAll(variable, value, "65535");
      }
    }
  }
}
