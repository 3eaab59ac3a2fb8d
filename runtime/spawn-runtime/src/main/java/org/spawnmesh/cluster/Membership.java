package org.spawnmesh.cluster;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.store.Incarnation;

/**
 * Who is alive, and who shall raise the next view: what a coordination service says, quickly and
 * perhaps wrongly. It never decides who may write; the {@link org.spawnmesh.store.Ledger} does. So
 * it may be late, wiped, restored from an old copy, or have two leaders, and nothing is lost.
 *
 * <p>Thread-safe. {@link #observe} never blocks; the other calls may. Every implementation passes
 * {@code MembershipContract}.
 */
public interface Membership extends AutoCloseable {

  /**
   * Connects, and keeps trying for as long as it takes; does not wait for it. Called once, before
   * everything else.
   *
   * @param changed told, on any thread and without blocking, whenever {@link #observe} may have
   *     something new to say; may be told too often
   */
  void start(Runnable changed);

  /**
   * Makes this node visible to the others until {@link #leave}, or until the service takes it for
   * dead; then it is made visible again as soon as the service can be reached. Also makes it a
   * candidate for leadership. Another {@code self} replaces the former: a new life, or other types.
   *
   * @throws MembershipUnavailableException if the service cannot be reached now; it is announced as
   *     soon as it can be
   */
  void announce(Member self);

  /** Makes this node invisible and gives up leadership. Harmless if it is not visible. */
  void leave();

  /** What is known now; what was last heard, while the service cannot be reached. */
  Observation observe();

  /**
   * Tells all nodes that this view was raised, unless they know of a greater one. A hint: who
   * misses it finds the view in the store.
   *
   * @throws MembershipUnavailableException if the service cannot be reached now
   */
  void publish(long view);

  /** Leaves and disconnects. */
  @Override
  void close();

  /**
   * What a node knows by its coordination service. Immutable.
   *
   * @param live the nodes that are visible, perhaps without this one
   * @param leading whether this node shall raise views
   * @param leader who shall, if that is known
   * @param view the greatest number that was published, 0 if none was
   * @param contact when the last request that was answered was sent, on {@code Timers.nanoTime()};
   *     null if none ever was. While the service can be reached it is never older than a second or
   *     two.
   */
  record Observation(
      Map<Incarnation, Member> live,
      boolean leading,
      @Nullable Incarnation leader,
      long view,
      @Nullable Long contact) {

    public static final Observation NOTHING = new Observation(Map.of(), false, null, 0, null);

    public Observation {
      // in its order, unlike Map.copyOf: a simulation must do the same in every process
      live = Collections.unmodifiableMap(new LinkedHashMap<>(live));
    }
  }

  /** The coordination service cannot be reached now. */
  final class MembershipUnavailableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public MembershipUnavailableException(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }
}
