package org.spawnmesh.proxy.registration;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.Failure;
import org.spawnmesh.actor.FailureCode;
import org.spawnmesh.actor.SpawnException;
import org.spawnmesh.runtime.SpawnNode;
import org.spawnmesh.store.Snapshot;
import org.spawnmesh.store.StateStore;
import org.spawnmesh.store.StoreException;
import org.spawnmesh.store.UnreadableStateException;

/**
 * What is durable of actors, read without waking them. A store that fails is a coded failure.
 * Blocks; thread-safe.
 */
record Stored(SpawnNode node) {

  Optional<Snapshot> latest(ActorId actor) {
    return read(actor, () -> node.store().load(actor));
  }

  /** The newest first, without the latest if the store does not keep it twice. */
  List<StateStore.Revision> history(ActorId actor) {
    return read(actor, () -> node.store().history(actor, Integer.MAX_VALUE));
  }

  private <T> T read(ActorId actor, Supplier<T> work) {
    try {
      return work.get();
    } catch (UnreadableStateException e) {
      throw failed(actor, FailureCode.STATE_UNREADABLE, e);
    } catch (StoreException e) {
      throw failed(actor, FailureCode.STORE_UNAVAILABLE, e);
    }
  }

  private SpawnException failed(ActorId actor, FailureCode code, StoreException e) {
    Failure failure =
        Failure.notExecuted(
            code, "What is stored of %s cannot be read: %s".formatted(actor, e.getMessage()));
    return new SpawnException(
        code == FailureCode.STORE_UNAVAILABLE
            ? failure.retryAfter(node.settings().retryAfter())
            : failure,
        e);
  }
}
