package org.spawnmesh.spring.autoconfigure;

import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.SpawnException;
import org.spawnmesh.spring.InvalidDeclarationException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** A start that failed for one of the coded reasons. */
final class NodeStartFailureAnalyzer extends AbstractFailureAnalyzer<SpawnException> {

  @Override
  protected @Nullable FailureAnalysis analyze(Throwable root, SpawnException cause) {
    if (cause instanceof InvalidDeclarationException) {
      return null;
    }
    String action =
        switch (cause.code()) {
          case WRONG_ENCRYPTION_KEY ->
              "Put the key that the state was written with into spawn.statestore.encryption.keys;"
                  + " keep it there under its id when you choose another active-key.";
          case STORE_SCHEMA_NEWER ->
              "Start a version of Spawn at least as new as the one that wrote it, or restore a"
                  + " backup of the spawn_ tables from before.";
          case NODE_UNAVAILABLE ->
              "See that the database and what spawn.cluster.type names (for ZooKeeper:"
                  + " spawn.cluster.zookeeper.connect-string; for Kubernetes: the API server, with a"
                  + " role for leases) can be reached from here, and that the other nodes run."
                  + " spawn.cluster.join-timeout says how long to wait.";
          default -> cause.code().advice();
        };
    return new FailureAnalysis(
        "%s %s: %s.".formatted(cause.code().id(), cause.code(), cause.failure().message()),
        action,
        cause);
  }
}
