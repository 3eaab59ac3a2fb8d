package org.spawnmesh.runtime;

import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.spawnmesh.actor.ActorDefinition;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.Failure;
import org.spawnmesh.actor.FailureCode;
import org.spawnmesh.actor.Payload;
import org.spawnmesh.cluster.Gate;
import org.spawnmesh.store.Reminder;
import org.spawnmesh.store.Snapshot;
import org.spawnmesh.store.StateStore;
import org.spawnmesh.store.StoreException;
import org.spawnmesh.store.UnreadableStateException;

/** What came of looking for an actor's state. */
sealed interface Loading {

  Logger log = LoggerFactory.getLogger(Loading.class);

  /**
   * It is here.
   *
   * @param reminders empty if the type declares none
   */
  record Loaded(Held held, List<Reminder> reminders) implements Loading {}

  /**
   * It is not.
   *
   * @param failure {@link FailureCode#STATE_UNREADABLE} if asking again will not help
   */
  record Failed(Failure failure) implements Loading {}

  /** Looks behind the gate, then in the store; never throws. May block. */
  static Loading of(ActorId id, ActorDefinition definition, Gate gate, Activations activations) {
    try {
      StateStore store = activations.store;
      Held held = held(id, definition, gate, store);
      return new Loaded(
          held, definition.reminders().isEmpty() ? List.of() : store.agenda().reminders(id));
    } catch (UnreadableStateException e) {
      return new Failed(
          Failure.notExecuted(
              FailureCode.STATE_UNREADABLE,
              "The stored state of %s cannot be read: %s".formatted(id, e.getMessage())));
    } catch (StoreException e) {
      return new Failed(
          Failure.notExecuted(
                  FailureCode.STORE_UNAVAILABLE,
                  "The state of %s cannot be loaded: %s".formatted(id, e.getMessage()))
              .retryAfter(activations.settings.retryAfter()));
    } catch (RuntimeException | Error e) {
      log.error("Loading {} failed unexpectedly", id, e);
      return new Failed(
          Failure.notExecuted(
              FailureCode.STORE_UNAVAILABLE,
              "The state of %s cannot be loaded: %s".formatted(id, e)));
    }
  }

  private static Held held(ActorId id, ActorDefinition definition, Gate gate, StateStore store) {
    Snapshot warm = gate.takeWarm(id.name());
    if (warm != null) {
      return new Held(warm.state(), warm.tags(), warm.revision());
    }
    Snapshot snapshot = definition.stateful() ? store.load(id).orElse(null) : null;
    if (snapshot != null) {
      return new Held(snapshot.state(), snapshot.tags(), snapshot.revision());
    }
    Payload initial = definition.initialState();
    return initial == null && definition.initialTags().isEmpty()
        ? Held.NOTHING
        : new Held(initial, definition.initialTags(), Snapshot.NEVER_SAVED);
  }
}
