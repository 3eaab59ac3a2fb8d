package org.spawnmesh.statestore.jdbc;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a store that owns its connections finds its database. Immutable.
 *
 * @param url a JDBC URL; its parameters win over the settings made here
 * @param writers how many commits are under way at once, as the engine is set up
 */
public record StorePool(
    String url, @Nullable String username, @Nullable String password, int writers) {

  /** Loads, the ledger, the schema and the standalone lock. */
  private static final int BESIDE_WRITERS = 5;

  /** An unreachable database is found out long before a call's deadline. */
  private static final int CONNECT_MILLIS = 2_500;

  /** A connection on which nothing arrives for so long is given up; a commit is then resolved. */
  private static final int SILENCE_MILLIS = 15_000;

  public StorePool {
    if (writers < 1) {
      throw new IllegalArgumentException("A store needs a writer, not " + writers);
    }
  }

  HikariDataSource open() {
    HikariConfig config = new HikariConfig();
    config.setPoolName("spawn-statestore");
    config.setJdbcUrl(url);
    config.setUsername(username);
    config.setPassword(password);
    config.setMaximumPoolSize(writers + BESIDE_WRITERS);
    config.setMinimumIdle(writers + 1);
    config.setConnectionTimeout(CONNECT_MILLIS);
    config.setValidationTimeout(CONNECT_MILLIS - 500);
    // The store asks for the first connection itself, and says what went wrong.
    config.setInitializationFailTimeout(-1);
    driverProperties().forEach(config::addDataSourceProperty);
    return new HikariDataSource(config);
  }

  private Map<String, String> driverProperties() {
    String driver = url.startsWith("jdbc:") ? url.substring(5).split(":", 2)[0] : "";
    return switch (driver) {
      case "postgresql" ->
          Map.of(
              "connectTimeout",
              seconds(CONNECT_MILLIS),
              "socketTimeout",
              seconds(SILENCE_MILLIS),
              "tcpKeepAlive",
              "true",
              "ApplicationName",
              "spawn");
      case "mysql" ->
          Map.of(
              "connectTimeout", String.valueOf(CONNECT_MILLIS),
              "socketTimeout", String.valueOf(SILENCE_MILLIS));
      case "mariadb" ->
          Map.of(
              "connectTimeout", String.valueOf(CONNECT_MILLIS),
              "socketTimeout", String.valueOf(SILENCE_MILLIS));
      case "sqlserver" ->
          Map.of(
              "loginTimeout", seconds(CONNECT_MILLIS),
              "socketTimeout", String.valueOf(SILENCE_MILLIS));
      case "sqlite" -> Map.of("busy_timeout", "5000", "synchronous", "FULL");
      default -> Map.of();
    };
  }

  private static String seconds(int millis) {
    return String.valueOf((millis + 999) / 1000);
  }

  /** Without the password and the parameters of the URL. */
  @Override
  public String toString() {
    return "%s, %d writers".formatted(url.split("[?;]", 2)[0], writers);
  }
}
