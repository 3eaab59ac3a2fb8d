package org.spawnmesh.statestore.jdbc;

import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationVersion;
import org.flywaydb.core.api.output.MigrateResult;
import org.spawnmesh.actor.Failure;
import org.spawnmesh.actor.FailureCode;
import org.spawnmesh.actor.SpawnException;
import org.spawnmesh.store.StoreUnavailableException;

/**
 * This store's tables, created and brought up to date at the start, beside whatever else is there.
 */
final class Schema {

  /** Nodes that start together on an empty database can meet while the first table is made. */
  private static final int ATTEMPTS = 5;

  private static final Duration PAUSE = Duration.ofMillis(200);

  private final Flyway flyway;
  private final Dialect dialect;
  private final Tables tables;

  Schema(DataSource dataSource, Dialect dialect, Tables tables) {
    this.dialect = dialect;
    this.tables = tables;
    flyway =
        Flyway.configure(Schema.class.getClassLoader())
            .dataSource(dataSource)
            .locations("classpath:org/spawnmesh/statestore/jdbc/" + dialect.migrations())
            .failOnMissingLocations(true)
            .table(tables.schemaHistory())
            .placeholders(Map.of("prefix", tables.prefix()))
            // The schema may hold an application's tables: begin beside them, before version 1.
            .baselineOnMigrate(true)
            .baselineVersion("0")
            .cleanDisabled(true)
            .load();
  }

  /**
   * @throws StoreUnavailableException if the database did not take the tables
   * @throws SpawnException if a newer version of this software has changed the tables
   */
  void migrate() {
    for (int attempt = 1; ; attempt++) {
      try {
        try (QuietFlyway quiet = QuietFlyway.with(flyway)) {
          refuseNewer();
          MigrateResult result = flyway.migrate();
          if (result.migrationsExecuted > 0) {
            Transactions.log.info(
                "The tables {}* have version {} now", tables.prefix(), result.targetSchemaVersion);
          }
        }
        return;
      } catch (FlywayException e) {
        if (attempt == ATTEMPTS) {
          throw new StoreUnavailableException(
              "The tables could not be brought up to date in this %s database: %s"
                  .formatted(
                      dialect.name(),
                      e.getCause() instanceof SQLException sql
                          ? Dialect.words(sql)
                          : e.getMessage()),
              e);
        }
        Transactions.log.debug("The schema is tried again: {}", e.getMessage());
        LockSupport.parkNanos(PAUSE.toNanos() * attempt);
      }
    }
  }

  private void refuseNewer() {
    MigrationVersion known = MigrationVersion.EMPTY;
    MigrationVersion stored = MigrationVersion.EMPTY;
    for (MigrationInfo migration : flyway.info().all()) {
      MigrationVersion version = migration.getVersion();
      if (version == null) {
        continue;
      }
      if (migration.getState().isResolved()) {
        known = version.isNewerThan(known) ? version : known;
      }
      if (migration.getState().isApplied()) {
        stored = version.isNewerThan(stored) ? version : stored;
      }
    }
    if (stored.isNewerThan(known)) {
      throw new SpawnException(
          Failure.notExecuted(
              FailureCode.STORE_SCHEMA_NEWER,
              "The tables in this %s database have schema version %s, and this software knows %s"
                  .formatted(dialect.name(), stored, known)));
    }
  }
}
