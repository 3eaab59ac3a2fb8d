package org.spawnmesh.benchmarks.bare;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import org.spawnmesh.benchmarks.bare.Change.Actor;
import org.spawnmesh.benchmarks.harness.Counter;

/**
 * The durable limit: turns do not wait for the disk, answers do. A writer takes all changes that
 * wait, folds those of one actor into its last state, commits them in one transaction and answers.
 * An actor stays on one writer, so its revisions reach the database in order.
 */
final class GroupCommit implements Counter {
  private static final int LARGEST_BATCH = 4_096;

  private final ConcurrentHashMap<Integer, Actor> actors = new ConcurrentHashMap<>();
  private final List<BlockingQueue<Change>> queues = new ArrayList<>();

  /** One writer for each of these. */
  GroupCommit(List<? extends Batches> writers) {
    for (Batches batches : writers) {
      var queue = new LinkedBlockingQueue<Change>();
      queues.add(queue);
      Thread.ofPlatform()
          .daemon()
          .name("writer-" + queues.size())
          .start(() -> write(queue, batches));
    }
  }

  @Override
  public CompletionStage<Long> add(int number, long n) {
    Actor actor = actor(number);
    var reply = new CompletableFuture<Long>();
    synchronized (actor) { // also over the hand-over: changes must queue in the order of revisions
      actor.value += n;
      actor.revision++;
      actor.lastReply = reply;
      queues.get(number % queues.size()).add(new Change(actor, actor.value, actor.revision, reply));
    }
    return reply;
  }

  @Override
  public CompletionStage<Long> get(int number) {
    Actor actor = actor(number);
    synchronized (actor) {
      return actor.lastReply;
    }
  }

  private Actor actor(int number) {
    return actors.computeIfAbsent(number, n -> new Actor("c" + n));
  }

  /** Ends the JVM on any failure: a limit is measured without one, or not at all. */
  private static void write(BlockingQueue<Change> queue, Batches batches) {
    try {
      List<Change> taken = new ArrayList<>();
      while (true) {
        taken.clear();
        taken.add(queue.take());
        queue.drainTo(taken, LARGEST_BATCH - 1);
        commit(taken, batches);
      }
    } catch (InterruptedException | SQLException | RuntimeException e) {
      e.printStackTrace();
      Runtime.getRuntime().halt(1);
    }
  }

  private static void commit(List<Change> taken, Batches batches) throws SQLException {
    Map<Actor, Change> last = new LinkedHashMap<>();
    for (Change change : taken) {
      last.put(change.actor(), change);
    }
    batches.commit(last.values());
    last.forEach((actor, change) -> actor.committedRevision = change.revision());
    for (Change change : taken) {
      change.reply().complete(change.value());
    }
  }
}
