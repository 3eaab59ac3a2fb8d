package org.spawnmesh.controller.desired;

import java.util.Locale;
import org.spawnmesh.controller.api.Statestore;

/** The databases that keep actors. */
enum Database {
  SQLITE("", ""),
  POSTGRES("jdbc:postgresql://%s:%s/%s?", "sslmode=prefer"),
  COCKROACHDB("jdbc:postgresql://%s:%s/%s?", "sslmode=prefer"),
  MARIADB("jdbc:mariadb://%s:%s/%s?", "sslMode=disable"),
  MYSQL("jdbc:mariadb://%s:%s/%s?", "sslMode=disable"),
  MSSQL("jdbc:sqlserver://%s:%s;databaseName=%s;", "encrypt=false");

  private final String url;
  private final String open;

  Database(String url, String open) {
    this.url = url;
    this.open = open;
  }

  /** The CRD admits no other. */
  static Database of(Statestore statestore) {
    return valueOf(statestore.type().toUpperCase(Locale.ROOT));
  }

  /** As {@code PROXY_DATABASE_TYPE} names it. */
  String type() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** For a node inside the application, to which the variables of the proxy mean nothing. */
  String url(String host, String port, String database, boolean ssl, boolean verify) {
    return url.formatted(host, port, database) + (ssl ? encrypted(verify) : open);
  }

  private String encrypted(boolean verify) {
    return switch (this) {
      case SQLITE -> throw new IllegalStateException("A file has no connections");
      case POSTGRES, COCKROACHDB ->
          verify
              ? "sslmode=verify-full&sslfactory=org.postgresql.ssl.DefaultJavaSSLFactory"
              : "sslmode=require";
      case MARIADB, MYSQL -> verify ? "sslMode=verify-full" : "sslMode=trust";
      case MSSQL -> "encrypt=true;trustServerCertificate=" + (verify ? "false" : "true");
    };
  }
}
