package org.spawnmesh.cluster.zookeeper;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.recipes.leader.LeaderLatch;
import org.apache.curator.framework.recipes.leader.LeaderLatchListener;
import org.apache.curator.utils.ZKPaths;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.store.Incarnation;

/**
 * One life of this node, in the line of those who would lead. Curator's latch moves up by watches
 * alone; the rounds look after it, and take another when it stays {@link #isStuck behind}. Confined
 * to the rounds, but for {@link #leads}.
 */
final class Candidate {

  /** Longer than the latch needs to follow what happened in the line. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final Incarnation incarnation;
  private final LeaderLatch latch;
  private @Nullable Long oddSince;

  private Candidate(Incarnation incarnation, LeaderLatch latch) {
    this.incarnation = incarnation;
    this.latch = latch;
  }

  /**
   * Takes a place in the line as soon as ZooKeeper answers.
   *
   * @param moved told when it begins or ceases to lead, holding the latch
   */
  static Candidate standing(
      CuratorFramework client, String line, Incarnation incarnation, Runnable moved)
      throws Exception {
    var latch = new LeaderLatch(client, line, Paths.name(incarnation));
    latch.addListener(
        new LeaderLatchListener() {
          @Override
          public void isLeader() {
            moved.run();
          }

          @Override
          public void notLeader() {
            moved.run();
          }
        });
    latch.start();
    return new Candidate(incarnation, latch);
  }

  Incarnation incarnation() {
    return incarnation;
  }

  /** Thread-safe, does not block. */
  boolean leads() {
    return latch.hasLeadership();
  }

  /** Has it for a while not been what the line says: not in it, or first and not leading? */
  boolean isStuck(Line line, long now) {
    String path = latch.getOurPath();
    int place = path == null ? -1 : line.place(ZKPaths.getNodeFromPath(path));
    boolean odd = place < 0 || (place == 0) != latch.hasLeadership();
    if (!odd) {
      oddSince = null;
      return false;
    }
    Long since = oddSince;
    if (since == null) {
      oddSince = now;
      return false;
    }
    return now - since >= PATIENCE.toNanos();
  }

  /** Leaves the line; if ZooKeeper cannot be reached, as soon as it can be. */
  void close() {
    try {
      latch.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
