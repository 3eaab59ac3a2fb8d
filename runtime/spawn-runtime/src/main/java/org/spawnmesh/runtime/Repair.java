package org.spawnmesh.runtime;

import java.util.concurrent.CompletionStage;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.Answer;
import org.spawnmesh.actor.Failure;
import org.spawnmesh.actor.FailureCode;

/**
 * What people, and their tools, do to one actor when something is wrong. But for {@link #replace},
 * it is done on this node, and to actors that are placed here. Never blocks; thread-safe.
 */
public final class Repair {

  private final Activations activations;
  private final Door door;

  Repair(Activations activations, Door door) {
    this.activations = activations;
    this.door = door;
  }

  /** Lets the actor be tried again; false if it was not quarantined. */
  public boolean release(ActorId actor) {
    HostedType type = activations.type(actor.type());
    Failure why = type == null ? null : type.quarantine.get(actor.name());
    if (type == null
        || why == null
        || why.code() == FailureCode.ACTOR_PAUSED
        || !type.quarantine.remove(actor.name(), why)) {
      return false;
    }
    Activation active = type.active(actor.name());
    if (active != null) {
      active.reload(why);
    }
    return true;
  }

  /**
   * Lets the actor sleep if it has nothing to do; what is unsaved is saved first, and then it takes
   * another call of this method.
   *
   * @return true if it is not active any more
   */
  public boolean passivate(ActorId actor) {
    HostedType type = activations.type(actor.type());
    Activation active = type == null ? null : type.active(actor.name());
    return active == null || active.passivate(PassivationReason.REQUESTED);
  }

  /**
   * Refuses new calls to an actor, on this node and until {@link #resume} or the node's end: what
   * is in its mailbox runs, and then it leaves memory. A node that gets the actor later knows
   * nothing of it.
   *
   * @return false if it is paused or quarantined already, or its type is not hosted here
   */
  public boolean pause(ActorId actor, String why) {
    HostedType type = activations.type(actor.type());
    Failure paused =
        Failure.notExecuted(FailureCode.ACTOR_PAUSED, "%s takes no calls: %s".formatted(actor, why))
            .retryAfter(activations.settings.retryAfter());
    if (type == null || type.quarantine.putIfAbsent(actor.name(), paused) != null) {
      return false;
    }
    passivate(actor);
    return true;
  }

  /** Lets a paused actor take calls again; false if it was not paused. */
  public boolean resume(ActorId actor) {
    HostedType type = activations.type(actor.type());
    Failure closed = type == null ? null : type.quarantine.get(actor.name());
    return type != null
        && closed != null
        && closed.code() == FailureCode.ACTOR_PAUSED
        && type.quarantine.remove(actor.name(), closed);
  }

  /**
   * Puts another state in the place of an actor's, as a turn of its own that asks no host; a paused
   * actor takes it, too. Only the actor's owner does it.
   *
   * @param what is kept in the history as the action, for example {@code restore 7}; no action that
   *     a host declares
   * @return as {@link SpawnNode#invoke}
   */
  public CompletionStage<Answer> replace(ActorId actor, String what, Replacement replacement) {
    return door.replace(actor, what, replacement);
  }
}
