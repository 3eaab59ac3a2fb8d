package org.spawnmesh.proxy.config;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/** {@code PROXY_DATABASE_*}, as the address of a statestore. Pure. */
record DatabaseVariables(UnaryOperator<String> value, Predicate<String> isTrue) {

  private static final String PREFIX = "PROXY_DATABASE_";

  void into(Map<String, Object> properties) {
    properties.put("spawn.statestore.url", url());
    put(properties, "spawn.statestore.username", get("USERNAME"));
    put(properties, "spawn.statestore.password", get("SECRET"));
  }

  private static void put(Map<String, Object> properties, String property, String text) {
    if (!text.isEmpty()) {
      properties.put(property, text);
    }
  }

  private String url() {
    String type = get("TYPE").toLowerCase(Locale.ROOT);
    return switch (type) {
      case "", "sqlite" -> "jdbc:sqlite:" + name(ProxyVariables.SQLITE_FILE);
      case "h2" -> "jdbc:h2:file:" + Path.of(name("data/spawn-proxy")).toAbsolutePath();
      case "postgres", "postgresql" -> postgres(5432);
      case "cockroachdb" -> postgres(26257);
      case "mysql", "mariadb" ->
          "jdbc:mariadb://%s/%s?sslMode=%s"
              .formatted(server(3306), database(), ssl("disable", "trust", "verify-full"));
      case "mssql" ->
          "jdbc:sqlserver://%s;databaseName=%s;%s"
              .formatted(
                  server(1433),
                  database(),
                  ssl(
                      "encrypt=false",
                      "encrypt=true;trustServerCertificate=true",
                      "encrypt=true;trustServerCertificate=false"));
      default ->
          throw new InvalidVariableException(
              "PROXY_DATABASE_TYPE is '%s', and there is no statestore of that type."
                  .formatted(type),
              "Set it to sqlite, h2, postgres, mysql, mariadb, cockroachdb or mssql; without it,"
                  + " actors are kept in the file %s.".formatted(ProxyVariables.SQLITE_FILE));
    };
  }

  private String postgres(int port) {
    return "jdbc:postgresql://%s/%s?%s"
        .formatted(
            server(port),
            database(),
            ssl(
                "sslmode=prefer",
                "sslmode=require",
                "sslmode=verify-full&sslfactory=org.postgresql.ssl.DefaultJavaSSLFactory"));
  }

  private String ssl(String off, String on, String verified) {
    if (!isTrue.test(PREFIX + "SSL")) {
      return off;
    }
    return isTrue.test(PREFIX + "SSL_VERIFY") ? verified : on;
  }

  private String server(int defaultPort) {
    String host = get("HOST");
    String port = get("PORT");
    return "%s:%s"
        .formatted(
            host.isEmpty() ? "127.0.0.1" : host,
            port.isEmpty() ? String.valueOf(defaultPort) : port);
  }

  private String database() {
    return name("eigr-functions-db");
  }

  private String name(String otherwise) {
    String name = get("NAME");
    return name.isEmpty() ? otherwise : name;
  }

  private String get(String variable) {
    return value.apply(PREFIX + variable);
  }
}
