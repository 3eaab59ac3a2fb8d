package org.spawnmesh.proxy.registration;

import java.util.Optional;
import java.util.stream.Stream;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.Failure;
import org.spawnmesh.actor.FailureCode;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.actor.Payload;
import org.spawnmesh.actor.SpawnException;
import org.spawnmesh.proxy.acl.Policies;
import org.spawnmesh.runtime.SpawnNode;
import org.spawnmesh.store.Snapshot;
import org.spawnmesh.store.StateStore;

/**
 * Takes actors back to an earlier state. That state becomes their newest revision, by a turn like
 * any other: nothing is lost, and later activations begin with what came after. Blocks;
 * thread-safe.
 */
public record Revisions(SpawnNode node, Policies policies) {

  /**
   * @throws SpawnException with {@link FailureCode#REQUEST_INVALID} if that revision is not kept,
   *     with {@link FailureCode#ACCESS_DENIED} if callers from outside may not call the actor
   */
  public void restore(ActorId actor, long revision) {
    policies.check(Invocation.ask(actor, Reserved.RESTORE_ACTION, Payload.NONE));
    Snapshot wanted =
        find(actor, revision)
            .orElseThrow(
                () ->
                    new SpawnException(
                        Failure.notExecuted(
                            FailureCode.REQUEST_INVALID,
                            "%s cannot be taken back to revision %d: it is not kept; spawn.statestore.history says how many revisions are"
                                .formatted(actor, revision))));
    Payload state = wanted.state();
    node.invoke(
            Invocation.ask(actor, Reserved.RESTORE_ACTION, state == null ? Payload.NONE : state)
                .withMetadata(wanted.tags()))
        .toCompletableFuture()
        .join()
        .orThrow();
  }

  private Optional<Snapshot> find(ActorId actor, long revision) {
    Stored stored = new Stored(node);
    return Stream.concat(
            stored.latest(actor).stream(),
            stored.history(actor).stream().map(StateStore.Revision::snapshot))
        .filter(snapshot -> snapshot.revision() == revision)
        .findFirst();
  }
}
