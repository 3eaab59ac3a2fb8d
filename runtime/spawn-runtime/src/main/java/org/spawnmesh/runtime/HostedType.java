package org.spawnmesh.runtime;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.ActionDefinition;
import org.spawnmesh.actor.ActorDefinition;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.Failure;
import org.spawnmesh.actor.Kind;
import org.spawnmesh.actor.ReminderOrder;
import org.spawnmesh.cluster.Gate;

/** An actor type on this node: how it is hosted, and its activations. Thread-safe. */
abstract sealed class HostedType {

  /** Answered by the engine with the actor's state, unless the actor declares that very name. */
  private static final Set<String> DEFAULT_ACTIONS =
      Set.of("get", "Get", "get_state", "getState", "GetState");

  /** Replaced when a host declares the type anew. */
  private volatile Hosting hosting;

  /** This node's part in the type; what is here already is served in any case. */
  volatile Share share = Share.FULL;

  /** Actors that take no calls, by name, with the reason: unreadable state, or somebody's wish. */
  final ConcurrentHashMap<String, Failure> quarantine = new ConcurrentHashMap<>();

  private final AtomicInteger count = new AtomicInteger();

  private HostedType(Hosting hosting) {
    this.hosting = hosting;
  }

  static HostedType of(Hosting hosting) {
    return hosting.definition().kind() == Kind.POOLED ? new Pooled(hosting) : new Single(hosting);
  }

  Hosting hosting() {
    return hosting;
  }

  ActorDefinition definition() {
    return hosting.definition();
  }

  /**
   * From the next turn of each activation on; their states stay, and their timers until they are
   * activated again. False if the kind is another: activations of one kind are not those of the
   * other.
   */
  boolean replace(Hosting next) {
    if (next.definition().kind() != definition().kind()) {
      return false;
    }
    hosting = next;
    return true;
  }

  /** Can {@code action} be run at all? */
  boolean offers(String action) {
    return definition().action(action) != null
        || DEFAULT_ACTIONS.contains(action)
        || action.equals(ReminderOrder.CANCELLING);
  }

  boolean isReentrant(String action) {
    ActionDefinition declared = definition().action(action);
    return declared == null ? !action.equals(ReminderOrder.CANCELLING) : declared.reentrant();
  }

  /**
   * The activation that shall take the next call for this actor; null if there is none and {@link
   * #add} may add it.
   */
  abstract @Nullable Activation find(ActorId actor, Activations activations);

  /** Adds an activation whose gate let it in; answers the one that was faster, if one was. */
  abstract Activation add(Activation fresh);

  /** The activation with this name that has most to do, or null. */
  abstract @Nullable Activation active(String name);

  /** Forgets an activation that takes no more calls; harmless if it is forgotten already. */
  abstract void forget(Activation activation);

  /** May this activation be passivated for being idle, or is it one that the pool keeps? */
  abstract boolean isSpare(Activation activation);

  abstract void forEach(Consumer<Activation> action);

  int count() {
    return count.get();
  }

  /** At most one activation for a name. */
  private static final class Single extends HostedType {

    private final ConcurrentHashMap<String, Activation> byName = new ConcurrentHashMap<>();

    Single(Hosting hosting) {
      super(hosting);
    }

    @Override
    @Nullable Activation find(ActorId actor, Activations activations) {
      return byName.get(actor.name());
    }

    @Override
    Activation add(Activation fresh) {
      Activation found = byName.putIfAbsent(fresh.id.name(), fresh);
      if (found != null) {
        fresh.gate.exit(null);
        return found;
      }
      super.count.incrementAndGet();
      return fresh;
    }

    @Override
    @Nullable Activation active(String name) {
      return byName.get(name);
    }

    @Override
    void forget(Activation activation) {
      if (byName.remove(activation.id.name(), activation)) {
        super.count.decrementAndGet();
      }
    }

    @Override
    boolean isSpare(Activation activation) {
      return true;
    }

    @Override
    void forEach(Consumer<Activation> action) {
      byName.values().forEach(action);
    }
  }

  /** Between min and max activations for a name; the least busy gets the next call. */
  private static final class Pooled extends HostedType {

    private static final Activation[] EMPTY = {};

    /** The arrays are replaced, never changed. */
    private final ConcurrentHashMap<String, Activation[]> pools = new ConcurrentHashMap<>();

    Pooled(Hosting hosting) {
      super(hosting);
    }

    @Override
    Activation find(ActorId actor, Activations activations) {
      ActorDefinition definition = definition();
      Activation[] pool = pools.getOrDefault(actor.name(), EMPTY);
      Activation free = leastBusy(pool);
      boolean grow =
          pool.length < Math.max(1, definition.minPool())
              || (free != null && free.mailbox() > 0 && pool.length < definition.maxPool());
      if (free != null && !grow) {
        return free;
      }
      Activation[] grown =
          pools.compute(
              actor.name(),
              (name, now) -> {
                Activation[] old = now == null ? EMPTY : now;
                if (old.length >= definition.maxPool()) {
                  return old;
                }
                Activation[] next = Arrays.copyOf(old, old.length + 1);
                next[old.length] = new Activation(actor, this, Gate.UNGUARDED, activations);
                super.count.incrementAndGet();
                return next;
              });
      Activation least = leastBusy(grown);
      if (least == null) {
        throw new IllegalStateException("A pool with a maximum of " + definition.maxPool());
      }
      return least;
    }

    @Override
    Activation add(Activation fresh) {
      throw new IllegalStateException("A pool grows when it is asked for an activation");
    }

    private static @Nullable Activation leastBusy(Activation[] pool) {
      Activation least = null;
      for (Activation candidate : pool) {
        if (least == null || candidate.mailbox() < least.mailbox()) {
          least = candidate;
        }
      }
      return least;
    }

    @Override
    @Nullable Activation active(String name) {
      Activation most = null;
      for (Activation candidate : pools.getOrDefault(name, EMPTY)) {
        if (most == null || candidate.mailbox() > most.mailbox()) {
          most = candidate;
        }
      }
      return most;
    }

    @Override
    void forget(Activation activation) {
      pools.computeIfPresent(
          activation.id.name(),
          (name, pool) -> {
            List<Activation> rest = new ArrayList<>(Arrays.asList(pool));
            if (rest.remove(activation)) {
              super.count.decrementAndGet();
            }
            return rest.isEmpty() ? null : rest.toArray(EMPTY);
          });
    }

    @Override
    boolean isSpare(Activation activation) {
      return pools.getOrDefault(activation.id.name(), EMPTY).length > definition().minPool();
    }

    @Override
    void forEach(Consumer<Activation> action) {
      pools.values().forEach(pool -> Arrays.asList(pool).forEach(action));
    }
  }
}
