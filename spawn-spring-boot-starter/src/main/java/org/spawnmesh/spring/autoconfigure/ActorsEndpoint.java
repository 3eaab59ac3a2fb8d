package org.spawnmesh.spring.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.ActorType;
import org.spawnmesh.actor.Failure;
import org.spawnmesh.actor.Kind;
import org.spawnmesh.runtime.ActivationSummary;
import org.spawnmesh.runtime.NodeStatus;
import org.spawnmesh.runtime.SpawnNode;
import org.spawnmesh.runtime.TypeSummary;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
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
 * POST /actuator/actors/drain                      finishes what was accepted and leaves the mesh
 * </pre>
 */
@Endpoint(id = "actors")
public final class ActorsEndpoint {

  private static final int DEFAULT_PAGE = 100;
  private static final int LARGEST_PAGE = 1000;

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

  @WriteOperation
  public Outcome change(@Selector String type, @Selector String name, Change operation) {
    ActorId id = ActorId.of(system, type, name);
    return switch (operation) {
      case RELEASE -> new Outcome(node.release(id));
      case PASSIVATE -> new Outcome(node.passivate(id));
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

  /** Whether it was done. */
  public record Outcome(boolean done) {}
}
