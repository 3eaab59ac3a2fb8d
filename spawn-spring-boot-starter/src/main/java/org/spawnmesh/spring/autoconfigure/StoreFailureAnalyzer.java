package org.spawnmesh.spring.autoconfigure;

import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.FailureCode;
import org.spawnmesh.store.StoreException;
import org.spawnmesh.store.StoreLockedException;
import org.spawnmesh.store.StoreUnavailableException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** The store cannot be reached, or another node has it. */
final class StoreFailureAnalyzer extends AbstractFailureAnalyzer<StoreException> {

  @Override
  protected @Nullable FailureAnalysis analyze(Throwable root, StoreException cause) {
    if (cause instanceof StoreLockedException) {
      return new FailureAnalysis(
          described(
              FailureCode.STORE_LOCKED, "Another node of this actor system has this store", cause),
          "Stop the other node; or wait longer for it with spawn.join-timeout; or join its mesh"
              + " with spawn.cluster.type; or give this application another spawn.system or another"
              + " database.",
          cause);
    }
    if (cause instanceof StoreUnavailableException) {
      return new FailureAnalysis(
          described(
              FailureCode.STORE_UNAVAILABLE, "The database for actor state cannot be used", cause),
          "Start the database, or correct spawn.statestore.url (or spring.datasource.url, if the"
              + " application's own DataSource is used), its user name and password.",
          cause);
    }
    return null;
  }

  private static String described(FailureCode code, String what, StoreException cause) {
    return "%s %s: %s: %s.".formatted(code.id(), code, what, cause.getMessage());
  }
}
