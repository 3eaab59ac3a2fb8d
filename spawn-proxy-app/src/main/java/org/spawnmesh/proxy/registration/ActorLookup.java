package org.spawnmesh.proxy.registration;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.Failure;
import org.spawnmesh.actor.FailureCode;
import org.spawnmesh.actor.Kind;
import org.spawnmesh.actor.SpawnException;

/**
 * From the protocol's names to identities.
 *
 * <pre>
 * name of a NAMED or POOLED type ──► that type, that name
 * name that was spawned          ──► its parent, that name
 * name with a parent beside it   ──► that parent, that name
 * any other                      ──► unknown
 * </pre>
 *
 * <p>Thread-safe.
 */
public final class ActorLookup implements Directory {

  /** One request may name hundreds of thousands. */
  private static final int SPAWNED_AT_ONCE = 1_000;

  private final String system;
  private final HostedTypes types;
  private final Instances instances;

  ActorLookup(String system, HostedTypes types, Instances instances) {
    this.system = system;
    this.types = types;
    this.instances = instances;
  }

  /**
   * What this node can say without asking anybody; never blocks.
   *
   * @param registerRef empty for none
   * @return null if {@link #resolve} must be asked
   * @throws SpawnException coded, if the names cannot be an actor's
   */
  public @Nullable ActorId known(String inSystem, String name, String registerRef) {
    Systems.require(system, inSystem);
    HostedTypes.Template own = types.find(name);
    if (own != null && own.kind() != Kind.UNNAMED) {
      return new ActorId(own.type(), name);
    }
    String named = instances.cachedParent(name);
    if (named == null) {
      return null;
    }
    HostedTypes.Template template = types.find(registerRef.isEmpty() ? named : registerRef);
    if (registerRef.isEmpty()) {
      return template == null
          ? Identities.of(system, named, name)
          : new ActorId(template.type(), name);
    }
    return template == null || template.kind() == Kind.NAMED
        ? null
        : new ActorId(template.type(), name);
  }

  @Override
  public ActorId resolve(String inSystem, String name, String registerRef) {
    ActorId known = known(inSystem, name, registerRef);
    if (known != null) {
      return known;
    }
    if (!registerRef.isEmpty()) {
      ActorId instance = instance(inSystem, name, registerRef);
      instances.name(instance).toCompletableFuture().join().orThrow();
      return instance;
    }
    Reserved.refuse("actor", name);
    String parent = name.length() > ActorId.MAX_NAME_LENGTH ? null : instances.parent(name);
    if (parent == null) {
      throw new SpawnException(unknown(name));
    }
    return Identities.of(system, parent, name);
  }

  /**
   * Names instances of definitions; harmless if they are already. All of them can be instances, or
   * none is named. Blocks until it is durable.
   */
  public List<ActorId> spawn(List<org.spawnmesh.protocol.actors.ActorId> wanted) {
    List<ActorId> actors =
        wanted.stream().map(id -> instance(id.getSystem(), id.getName(), id.getParent())).toList();
    for (int from = 0; from < actors.size(); from += SPAWNED_AT_ONCE) {
      actors.subList(from, Math.min(actors.size(), from + SPAWNED_AT_ONCE)).stream()
          .map(instances::place)
          .toList()
          .forEach(placed -> placed.toCompletableFuture().join().orThrow());
    }
    return actors;
  }

  private ActorId instance(String inSystem, String name, String parent) {
    Systems.require(system, inSystem);
    if (parent.isEmpty()) {
      throw invalid("The actor '%s' cannot be spawned: its parent is not named".formatted(name));
    }
    HostedTypes.Template template = types.find(Reserved.refuse("actor", parent));
    if (template == null) {
      throw new SpawnException(
          Failure.notExecuted(
              FailureCode.UNKNOWN_ACTOR,
              "The actor '%s' cannot be spawned: no host has registered its parent '%s' in system '%s'"
                  .formatted(shortened(name), shortened(parent), system)));
    }
    if (template.kind() == Kind.NAMED) {
      throw invalid(
          "The actor '%s' cannot be spawned: '%s' is a NAMED actor and has no instances"
              .formatted(name, parent));
    }
    return Identities.of(system, parent, name);
  }

  private Failure unknown(String name) {
    return Failure.notExecuted(
        FailureCode.UNKNOWN_ACTOR,
        types.find(name) == null
            ? "There is no actor '%s' in system '%s': no host has registered it, and it was never spawned"
                .formatted(shortened(name), system)
            : "'%s' in system '%s' is a definition, not an actor; spawn an instance of it"
                .formatted(shortened(name), system));
  }

  private static SpawnException invalid(String why) {
    return new SpawnException(Failure.notExecuted(FailureCode.REQUEST_INVALID, why));
  }

  private static String shortened(String name) {
    return name.length() <= 64 ? name : name.substring(0, 64) + "…";
  }
}
