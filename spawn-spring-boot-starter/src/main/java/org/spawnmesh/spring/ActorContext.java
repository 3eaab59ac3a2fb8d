package org.spawnmesh.spring;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.spawnmesh.actor.ActorId;

/**
 * What an action knows about the actor it runs for and the call it serves. Immutable; valid also
 * after the action returned, for example in the stages it returned.
 *
 * @param <S> type of the actor's state
 */
public interface ActorContext<S> {

  /** Who this actor is. */
  ActorId id();

  /**
   * The actor's state; empty if it has none yet or it was erased. Changing the object changes
   * nothing: the next state is what {@link Reply#state} says.
   */
  Optional<S> state();

  /** Counts the changes of this actor, from 1; 0 if there was none. */
  long revision();

  /** The actor's tags. */
  Map<String, String> tags();

  /**
   * The actor that asks: itself for its init action and its timers; empty for a call from outside
   * the mesh.
   */
  Optional<ActorId> caller();

  /** What the caller passed along. */
  Map<String, String> metadata();

  /**
   * The time for which this call was planned, if it is one of the actor's own {@link Reminder
   * reminders}; it may be later now.
   */
  Optional<Instant> plannedFor();

  /** How long the caller still waits, never negative; empty if nobody waits. */
  Optional<Duration> timeLeft();

  /**
   * Another actor of the same system, to be called in the name of this call: with its chain of
   * callers, its deadline and its metadata, on any thread. On the action's own thread every {@link
   * ActorRef} and client does that.
   */
  ActorRef ref(String type, String name);

  /** A typed client like {@link Actors#client}, to be used like {@link #ref}. */
  <C> C client(Class<C> client, String type, String name);
}
