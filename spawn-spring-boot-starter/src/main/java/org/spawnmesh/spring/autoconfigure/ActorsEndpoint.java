package org.spawnmesh.spring.autoconfigure;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.ActorType;
import org.spawnmesh.actor.Answer;
import org.spawnmesh.actor.Failure;
import org.spawnmesh.actor.Kind;
import org.spawnmesh.runtime.ActivationSummary;
import org.spawnmesh.runtime.NodeStatus;
import org.spawnmesh.runtime.SpawnNode;
import org.spawnmesh.runtime.TypeSummary;
import org.spawnmesh.spring.PlannedReminder;
import org.spawnmesh.store.DeadLetter;
import org.spawnmesh.store.KeptReply;
import org.spawnmesh.store.OutboxEntry;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;

/**
 * What the actors of this node are doing; never what they hold.
 *
 * <pre>
 * GET  /actuator/actors                            the node and its actor types
 * GET  /actuator/actors/{type}?after=…&amp;limit=…     actors of a type in memory, by name, a page at a time
 * GET  /actuator/actors/{type}/{name}              one actor
 * POST /actuator/actors/{type}/{name}              {"operation": "release"} or {"operation": "passivate"}
 * GET  /actuator/actors/{type}/{name}/outbox       what it has sent and is not delivered
 * GET  /actuator/actors/{type}/{name}/dead-letters what it has sent and was given up
 * GET  /actuator/actors/{type}/{name}/replies      what it has applied once
 * POST /actuator/actors/{type}/{name}/dead-letters/{sequence}     sends it once more
 * DELETE /actuator/actors/{type}/{name}/dead-letters/{sequence}   drops it
 * DELETE /actuator/actors/{type}/{name}/outbox/{sequence}         cancels it, if it is not under way
 * GET  /actuator/actors/{type}/{name}/reminders    its reminders
 * DELETE /actuator/actors/{type}/{name}/reminders/{reminder}   ends one of them
 * POST /actuator/actors/drain                      finishes what was accepted and leaves the mesh
 * </pre>
 */
@Endpoint(id = "actors")
public final class ActorsEndpoint {

  private static final int DEFAULT_PAGE = 100;
  private static final int LARGEST_PAGE = 1000;
  private static final String OUTBOX = "outbox";
  private static final String DEAD_LETTERS = "dead-letters";

  private final SpawnNode node;
  private final String system;
  private final Duration drainTimeout;

  ActorsEndpoint(SpawnNode node, String system, Duration drainTimeout) {
    this.node = node;
    this.system = system;
    this.drainTimeout = drainTimeout;
  }

  @ReadOperation
  public Node node() {
    return new Node(
        system,
        node.status(),
        node.store().describe(),
        node.inspect().types().stream().map(Type::of).toList());
  }

  /** Null, and so 404, for a type that is not hosted here. */
  @ReadOperation
  public @Nullable Page actors(
      @Selector String type, @Nullable String after, @Nullable Integer limit) {
    int size = limit == null ? DEFAULT_PAGE : limit;
    if (size < 1 || size > LARGEST_PAGE) {
      throw new InvalidEndpointRequestException(
          "limit is " + size, "limit must be 1 to " + LARGEST_PAGE);
    }
    if (!hosts(type)) {
      return null;
    }
    // one more than asked for tells whether there is a next page
    List<ActivationSummary> found =
        node.inspect().activations(new ActorType(system, type), after, size + 1);
    boolean more = found.size() > size;
    List<ActorInMemory> actors =
        found.stream().limit(size).map(summary -> ActorInMemory.of(summary, null)).toList();
    return new Page(actors, more ? actors.getLast().name() : null);
  }

  /** Null, and so 404, for an actor that is neither in memory nor quarantined. */
  @ReadOperation
  public @Nullable ActorInMemory actor(@Selector String type, @Selector String name) {
    ActorId id = ActorId.of(system, type, name);
    Failure quarantine = node.inspect().quarantined(id).orElse(null);
    return node.inspect()
        .activation(id)
        .map(summary -> ActorInMemory.of(summary, quarantine))
        .orElseGet(() -> quarantine == null ? null : ActorInMemory.quarantined(name, quarantine));
  }

  /** Null, and so 404, for what an actor does not have. */
  @ReadOperation
  public @Nullable Object part(
      @Selector String type, @Selector String name, @Selector String part) {
    ActorId id = ActorId.of(system, type, name);
    return switch (part) {
      case OUTBOX ->
          new Outbox(
              node.mail().outbox(id, 0, LARGEST_PAGE).stream().map(SentMessage::of).toList());
      case DEAD_LETTERS ->
          new DeadLetters(
              node.mail().deadLetters(id, 0, LARGEST_PAGE).stream().map(GivenUp::of).toList());
      case "replies" ->
          new Replies(
              node.store().agenda().replies(id, LARGEST_PAGE).stream()
                  .map(AppliedOnce::of)
                  .toList());
      case "reminders" ->
          new Reminders(node.reminders(id).stream().map(PlannedReminder::of).toList());
      default -> null;
    };
  }

  /** Null, and so 404, for what cannot be sent again. */
  @WriteOperation
  public @Nullable Outcome retry(
      @Selector String type, @Selector String name, @Selector String part, @Selector String entry) {
    return part.equals(DEAD_LETTERS)
        ? outcome(node.mail().retry(ActorId.of(system, type, name), sequence(entry)))
        : null;
  }

  /** Null, and so 404, for what an actor does not have. */
  @DeleteOperation
  public @Nullable Outcome remove(
      @Selector String type, @Selector String name, @Selector String part, @Selector String entry) {
    ActorId id = ActorId.of(system, type, name);
    return switch (part) {
      case OUTBOX -> outcome(node.mail().cancel(id, sequence(entry)));
      case DEAD_LETTERS -> outcome(node.mail().drop(id, sequence(entry)));
      case "reminders" ->
          new Outcome(
              !node.cancelReminder(id, entry).toCompletableFuture().join().orThrow().isNone());
      default -> null;
    };
  }

  private static Outcome outcome(CompletionStage<Boolean> done) {
    return new Outcome(done.toCompletableFuture().join());
  }

  private static long sequence(String entry) {
    try {
      return Long.parseLong(entry);
    } catch (NumberFormatException e) {
      throw new InvalidEndpointRequestException(
          "The message is '" + entry + "'", "A message is named by its sequence, a number");
    }
  }

  @WriteOperation
  public Outcome change(@Selector String type, @Selector String name, Change operation) {
    ActorId id = ActorId.of(system, type, name);
    return switch (operation) {
      case RELEASE -> new Outcome(node.repair().release(id));
      case PASSIVATE -> new Outcome(node.repair().passivate(id));
    };
  }

  /** Answers when it is over; the application itself goes on, and refuses calls to actors. */
  @WriteOperation
  public Outcome drain(@Selector String operation) {
    if (!operation.equals("drain")) {
      throw new InvalidEndpointRequestException(
          "Unknown operation " + operation, "The only operation is drain");
    }
    return new Outcome(node.drain(drainTimeout));
  }

  private boolean hosts(String type) {
    return node.inspect().types().stream()
        .anyMatch(hosted -> hosted.definition().type().name().equals(type));
  }

  /** What can be done to one actor. */
  public enum Change {
    /** Lets a quarantined actor be tried again. */
    RELEASE,
    /** Saves the actor and takes it out of memory, if it has nothing to do. */
    PASSIVATE
  }

  /** This node. */
  public record Node(String system, NodeStatus status, String store, List<Type> types) {}

  /** One actor type. */
  public record Type(
      String name,
      Kind kind,
      boolean stateful,
      Set<String> actions,
      int activations,
      int quarantined) {

    static Type of(TypeSummary summary) {
      return new Type(
          summary.definition().type().name(),
          summary.definition().kind(),
          summary.definition().stateful(),
          new TreeSet<>(summary.definition().actions().keySet()),
          summary.activations(),
          summary.quarantined());
    }
  }

  /**
   * One page.
   *
   * @param next to be given as {@code after} for the next page, or null if this is the last
   */
  public record Page(List<ActorInMemory> actors, @Nullable String next) {}

  /**
   * One actor as it is in memory.
   *
   * @param quarantine why it is quarantined, or null if it is not
   */
  public record ActorInMemory(
      String name,
      String phase,
      int mailbox,
      long revision,
      long idleMillis,
      boolean unsaved,
      @Nullable String quarantine) {

    static ActorInMemory of(ActivationSummary summary, @Nullable Failure quarantine) {
      return new ActorInMemory(
          summary.actor().name(),
          summary.phase(),
          summary.mailbox(),
          summary.revision(),
          summary.idle().toMillis(),
          summary.unsaved(),
          quarantine == null ? null : quarantine.toString());
    }

    static ActorInMemory quarantined(String name, Failure quarantine) {
      return new ActorInMemory(name, "absent", 0, 0, 0, false, quarantine.toString());
    }
  }

  /** Oldest first. */
  public record Outbox(List<SentMessage> outbox) {}

  /** Oldest first. */
  public record DeadLetters(List<GivenUp> deadLetters) {}

  /** Those first that are kept longest. */
  public record Replies(List<AppliedOnce> replies) {}

  /** A message that is not delivered; never what it holds. */
  public record SentMessage(long sequence, String target, String action, boolean ordered) {

    static SentMessage of(OutboxEntry entry) {
      return new SentMessage(
          entry.sequence(), entry.target().shortName(), entry.action(), entry.ordered());
    }
  }

  /** A message that was given up. */
  public record GivenUp(
      long sequence, String target, String action, String reason, int attempts, Instant at) {

    static GivenUp of(DeadLetter letter) {
      return new GivenUp(
          letter.entry().sequence(),
          letter.entry().target().shortName(),
          letter.entry().action(),
          letter.reason().toString(),
          letter.attempts(),
          letter.at());
    }
  }

  /**
   * What was applied once.
   *
   * @param failure its code, or null if it did not fail
   */
  public record AppliedOnce(
      String source, long number, @Nullable String failure, Instant keptUntil) {

    static AppliedOnce of(KeptReply reply) {
      return new AppliedOnce(
          reply.source(),
          reply.number(),
          reply.answer() instanceof Answer.Failed failed ? failed.failure().code().id() : null,
          reply.until());
    }
  }

  /** By name. */
  public record Reminders(List<PlannedReminder> reminders) {}

  /** Whether it was done. */
  public record Outcome(boolean done) {}
}
