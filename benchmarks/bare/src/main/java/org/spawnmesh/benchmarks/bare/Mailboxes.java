package org.spawnmesh.benchmarks.bare;

import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.spawnmesh.benchmarks.harness.Counter;

/**
 * The limit in memory: a map of mailboxes, each drained by a virtual thread while it has messages.
 */
final class Mailboxes implements Counter {

  /** Messages a mailbox handles before others get their turn. */
  private static final int TURNS = 32;

  private record Message(boolean add, long n, CompletableFuture<Long> reply) {}

  private final ConcurrentHashMap<String, Mailbox> mailboxes = new ConcurrentHashMap<>();

  @Override
  public CompletionStage<Long> add(int actor, long n) {
    return tell(actor, new Message(true, n, new CompletableFuture<>()));
  }

  @Override
  public CompletionStage<Long> get(int actor) {
    return tell(actor, new Message(false, 0, new CompletableFuture<>()));
  }

  private CompletionStage<Long> tell(int actor, Message message) {
    return mailboxes.computeIfAbsent("c" + actor, name -> new Mailbox()).tell(message);
  }

  /**
   * One actor. {@code waiting} counts its messages; whoever raises it from 0 starts the thread that
   * drains, so there is one at a time, and it publishes the state from one to the next.
   */
  private static final class Mailbox implements Runnable {
    private final Queue<Message> messages = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();
    private long value;
    private String label = "";

    CompletionStage<Long> tell(Message message) {
      messages.add(message);
      if (waiting.getAndIncrement() == 0) {
        Thread.startVirtualThread(this);
      }
      return message.reply;
    }

    @Override
    public void run() {
      int turns = Math.min(waiting.get(), TURNS);
      for (int i = 0; i < turns; i++) {
        Message message = messages.remove();
        if (message.add) {
          value += message.n;
          label = "updated";
        }
        message.reply.complete(value);
      }
      if (waiting.addAndGet(-turns) > 0) {
        Thread.startVirtualThread(this);
      }
    }

    @Override
    public String toString() {
      return label + " " + value;
    }
  }
}
