package org.spawnmesh.proxy.registration;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.ActorDefinition;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.Answer;
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
 * any other                      ──► unknown
 * </pre>
 *
 * <p>Thread-safe.
 */
public final class ActorLookup implements Directory {

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
    ActorDefinition own = types.get(name);
    if (own != null && own.kind() != Kind.UNNAMED) {
      return new ActorId(own.type(), name);
    }
    String parent = instances.cachedParent(name);
    if (parent == null || !(registerRef.isEmpty() || registerRef.equals(parent))) {
      return null;
    }
    ActorDefinition template = types.get(parent);
    return template == null
        ? Identities.of(system, parent, name)
        : new ActorId(template.type(), name);
  }

  @Override
  public ActorId resolve(String inSystem, String name, String registerRef) {
    ActorId known = known(inSystem, name, registerRef);
    if (known != null) {
      return known;
    }
    if (!registerRef.isEmpty()) {
      Spawn spawn = spawn(inSystem, name, registerRef);
      spawn.placed().toCompletableFuture().join().orThrow();
      return spawn.actor();
    }
    Reserved.refuse("actor", name);
    String parent = name.length() > ActorId.MAX_NAME_LENGTH ? null : instances.parent(name);
    if (parent == null) {
      throw new SpawnException(unknown(name));
    }
    return Identities.of(system, parent, name);
  }

  /** An instance, and the answer when it is durable that it is one. */
  private record Spawn(ActorId actor, CompletionStage<Answer> placed) {}

  /** Names instances of definitions; harmless if they are already. Blocks until it is durable. */
  public List<ActorId> spawn(List<org.spawnmesh.protocol.actors.ActorId> wanted) {
    List<Spawn> spawns = new ArrayList<>(wanted.size());
    for (org.spawnmesh.protocol.actors.ActorId id : wanted) {
      spawns.add(spawn(id.getSystem(), id.getName(), id.getParent()));
    }
    spawns.forEach(spawn -> spawn.placed().toCompletableFuture().join().orThrow());
    return spawns.stream().map(Spawn::actor).toList();
  }

  private Spawn spawn(String inSystem, String name, String parent) {
    Systems.require(system, inSystem);
    if (parent.isEmpty()) {
      throw invalid("The actor '%s' cannot be spawned: its parent is not named".formatted(name));
    }
    ActorDefinition template = types.get(Reserved.refuse("actor", parent));
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
    ActorId actor = Identities.of(system, parent, name);
    return new Spawn(actor, instances.place(name, parent));
  }

  /** The action that answers the actor's state without asking its host, if that can be avoided. */
  public String stateAction(ActorId actor) {
    ActorDefinition definition = types.get(actor.type().name());
    return definition != null && definition.action(Reserved.STATE_ACTION) != null
        ? Reserved.STATE_ACTION
        : "get";
  }

  private Failure unknown(String name) {
    return Failure.notExecuted(
        FailureCode.UNKNOWN_ACTOR,
        types.get(name) == null
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
