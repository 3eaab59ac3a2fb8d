package org.spawnmesh.runtime;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.SpawnException;
import org.spawnmesh.store.Agenda;
import org.spawnmesh.store.DeadLetter;
import org.spawnmesh.store.OutboxEntry;
import org.spawnmesh.store.Upkeep;

/**
 * What people can do about the messages that actors send. Thread-safe; methods that look into the
 * store block, and throw a {@link org.spawnmesh.store.StoreException} if it cannot answer. The
 * stages complete when what was asked for is durable, and fail with a {@link SpawnException} if it
 * cannot be.
 */
public final class Mail {

  private final Activations activations;

  Mail(Activations activations) {
    this.activations = activations;
  }

  private Agenda agenda() {
    return activations.store.agenda();
  }

  /** What this actor has sent and is not delivered, oldest first; wherever the actor lives. */
  public List<OutboxEntry> outbox(ActorId sender, long after, int limit) {
    return agenda().outbox(sender, after, limit);
  }

  /** What this actor has sent and was given up, oldest first. */
  public List<DeadLetter> deadLetters(ActorId sender, long after, int limit) {
    return agenda().deadLetters(sender, after, limit);
  }

  /**
   * Sends a dead letter once more, by its own and not in the order in which it was sent.
   *
   * @return false if there is no such dead letter
   */
  public CompletionStage<Boolean> retry(ActorId sender, long sequence) {
    return deadLetter(sender, sequence)
        .map(
            letter ->
                write(Upkeep.revived(List.of(letter.entry())))
                    .thenApply(
                        written -> {
                          activations.deliveries.look(sender);
                          return written;
                        }))
        .orElse(CompletableFuture.completedFuture(false));
  }

  /**
   * Deletes a dead letter.
   *
   * @return false if there is no such dead letter
   */
  public CompletionStage<Boolean> drop(ActorId sender, long sequence) {
    return deadLetter(sender, sequence)
        .map(letter -> write(Upkeep.dropped(List.of(letter.entry().key()))))
        .orElse(CompletableFuture.completedFuture(false));
  }

  /**
   * Deletes a message that is not delivered yet; it may be on its way already.
   *
   * @return false if there is no such message
   */
  public CompletionStage<Boolean> cancel(ActorId sender, long sequence) {
    boolean found =
        agenda().outbox(sender, sequence - 1, 1).stream()
            .anyMatch(entry -> entry.sequence() == sequence);
    return found
        ? write(Upkeep.delivered(List.of(new OutboxEntry.Key(sender, sequence))))
        : CompletableFuture.completedFuture(false);
  }

  /** One dead letter, if it is still there. */
  public Optional<DeadLetter> deadLetter(ActorId sender, long sequence) {
    return agenda().deadLetters(sender, sequence - 1, 1).stream()
        .filter(letter -> letter.entry().sequence() == sequence)
        .findFirst();
  }

  private CompletableFuture<Boolean> write(Upkeep upkeep) {
    CompletableFuture<Boolean> written = new CompletableFuture<>();
    activations.chores.add(
        upkeep,
        failure -> {
          if (failure == null) {
            written.complete(true);
          } else {
            written.completeExceptionally(new SpawnException(failure));
          }
        });
    return written;
  }

  /** How many messages this node has in memory; those that have no room wait in the store. */
  public int inMemory() {
    return activations.deliveries.inMemory();
  }

  /** How many bytes the payloads of these have. */
  public long bytesInMemory() {
    return activations.deliveries.bytesInMemory();
  }
}
