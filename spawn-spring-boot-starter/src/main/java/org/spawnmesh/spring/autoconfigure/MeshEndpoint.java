package org.spawnmesh.spring.autoconfigure;

import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.ActorType;
import org.spawnmesh.cluster.Cluster;
import org.spawnmesh.cluster.Member;
import org.spawnmesh.cluster.MeshStatus;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;

/**
 * The mesh, as this node knows it.
 *
 * <pre>
 * GET /actuator/mesh                 the view, its members, and what this node owns
 * GET /actuator/mesh/{type}/{name}   who owns an actor
 * </pre>
 */
@Endpoint(id = "mesh")
public final class MeshEndpoint {

  private final Cluster cluster;
  private final String system;

  MeshEndpoint(Cluster cluster, String system) {
    this.cluster = cluster;
    this.system = system;
  }

  @ReadOperation
  public View view() {
    MeshStatus status = cluster.status();
    Member self = status.self();
    return new View(
        status.view(),
        self == null ? null : Node.of(self),
        status.members().stream().map(Node::of).toList(),
        status.shards().entrySet().stream()
            .map(of -> new Shards(name(of.getKey()), of.getValue().open(), of.getValue().opening()))
            .sorted(Comparator.comparing(Shards::type))
            .toList());
  }

  /** Null, and so 404, if nobody owns it. */
  @ReadOperation
  public @Nullable Node owner(@Selector String type, @Selector String name) {
    Member owner = cluster.owner(ActorId.of(system, type, name));
    return owner == null ? null : Node.of(owner);
  }

  private String name(ActorType type) {
    return type.system().equals(system) ? type.name() : type.toString();
  }

  /**
   * What this node knows.
   *
   * @param number of the view it acts in; 0 if it is in none
   * @param self this node, or null if it is not a member now
   * @param members of the latest view it knows
   * @param shards what it owns
   */
  public record View(long number, @Nullable Node self, List<Node> members, List<Shards> shards) {}

  /** A member: one life of a node. */
  public record Node(String name, long incarnation, String address, String version) {

    static Node of(Member member) {
      return new Node(
          member.name(), member.incarnation().number(), member.address(), member.version());
    }
  }

  /**
   * Shards of one type.
   *
   * @param open serve calls
   * @param opening are being taken over; calls to them wait
   */
  public record Shards(String type, int open, int opening) {}
}
