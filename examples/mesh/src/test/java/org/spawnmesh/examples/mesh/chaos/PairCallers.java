package org.spawnmesh.examples.mesh.chaos;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.examples.mesh.chaos.PairProcess.Line;

/**
 * Callers who number their calls. Most calls have a key, and are repeated until they are answered,
 * and some of them once more at any time later. The others are made once. Thread-safe.
 */
final class PairCallers implements AutoCloseable {

  private static final int CALLERS = 48;

  /** One call in so many has no key. */
  private static final int KEYLESS = 5;

  private final PairProcess process;
  private final long seed;
  private final Progress progress = new Progress();
  private final AtomicInteger numbers = new AtomicInteger();
  private final AtomicInteger duplicates = new AtomicInteger();

  /** The first answer to each number. */
  private final Map<Integer, String> answers = new ConcurrentHashMap<>();

  private final Queue<Integer> notDone = new ConcurrentLinkedQueue<>();
  private final Queue<Integer> unknown = new ConcurrentLinkedQueue<>();
  private final Queue<String> wrong = new ConcurrentLinkedQueue<>();
  private final List<Thread> callers = new ArrayList<>();
  private volatile boolean over;

  PairCallers(PairProcess process, long seed) {
    this.process = process;
    this.seed = seed;
    for (int i = 0; i < CALLERS; i++) {
      Random random = new Random(seed + i);
      callers.add(Thread.ofVirtual().start(() -> run(random)));
    }
  }

  private static boolean hasKey(int number) {
    return number % KEYLESS != 0;
  }

  private void run(Random random) {
    Caller caller = new Caller();
    try {
      while (!over) {
        int known = numbers.get();
        if (known > 0 && random.nextInt(5) == 0) {
          int again = random.nextInt(known);
          if (hasKey(again)) { // also one that is still under way
            duplicates.incrementAndGet();
            caller.callUntilAnswered(again);
          }
          continue;
        }
        int number = numbers.getAndIncrement();
        if (hasKey(number)) {
          caller.callUntilAnswered(number);
        } else {
          caller.callOnce(number);
        }
      }
    } catch (Exception e) {
      wrong.add("a caller gave up: " + e);
    } finally {
      caller.hangUp();
    }
  }

  /** Confined to its thread. */
  private final class Caller {

    private int last = -1;
    private @Nullable Line line;

    void callUntilAnswered(int number) throws InterruptedException {
      while (!call(number, "call-" + number)) {
        // the same again, under the same key
      }
    }

    void callOnce(int number) throws InterruptedException {
      call(number, "");
    }

    /** True if it was answered. */
    private boolean call(int number, String key) throws InterruptedException {
      try {
        if (line == null) {
          line = process.connect(last);
        }
        Line.Told told = line.call(number, key);
        switch (told.what()) {
          case "OK" -> {
            answered(number, told.answer());
            return true;
          }
          case "NOT_EXECUTED" -> {
            if (key.isEmpty()) {
              notDone.add(number);
            }
          }
          case "UNKNOWN" -> {
            if (key.isEmpty()) {
              unknown.add(number);
            }
          }
          default -> wrong.add("%d failed: %s".formatted(number, told.answer()));
        }
      } catch (IOException e) {
        if (key.isEmpty()) {
          unknown.add(number);
        }
        hangUp();
      }
      return false;
    }

    void hangUp() {
      if (line != null) {
        last = line.life();
        try {
          line.close();
        } catch (IOException e) {
          // it is gone anyway
        }
        line = null;
      }
    }
  }

  private void answered(int number, String answer) {
    String first = answers.putIfAbsent(number, answer);
    if (first != null && !first.equals(answer)) {
      wrong.add("%d was answered '%s', and then '%s'".formatted(number, first, answer));
    }
    progress.answered();
  }

  Progress progress() {
    return progress;
  }

  /** Lets each finish its call. */
  void stop() throws InterruptedException {
    over = true;
    for (Thread caller : callers) {
      caller.join();
    }
  }

  /**
   * What is wrong, in words.
   *
   * @param taken what the first actors hold, each as often as they hold it
   * @param heard what the second actors hold
   */
  List<String> compare(Map<Integer, Integer> taken, Map<Integer, Integer> heard) {
    List<String> all = new ArrayList<>(wrong);
    taken.forEach(
        (number, times) -> {
          if (times != 1) {
            all.add("%d was taken %d times".formatted(number, times));
          }
          if (!heard.containsKey(number)) {
            all.add("%d was taken, and its effect is lost".formatted(number));
          }
          if (!answers.containsKey(number) && (hasKey(number) || !unknown.contains(number))) {
            all.add("%d was taken, and nobody can have asked for it".formatted(number));
          }
        });
    heard.forEach(
        (number, times) -> {
          if (times != 1) {
            all.add("%d has %d effects".formatted(number, times));
          }
          if (!taken.containsKey(number)) {
            all.add("%d has an effect, and was never taken".formatted(number));
          }
        });
    answers
        .keySet()
        .forEach(
            number -> {
              if (!taken.containsKey(number)) {
                all.add("%d was acknowledged, and is lost".formatted(number));
              }
            });
    notDone.forEach(
        number -> {
          if (taken.containsKey(number)) {
            all.add("%d is there, though its caller heard that it is not".formatted(number));
          }
        });
    return all;
  }

  @Override
  public String toString() {
    return "%d calls were answered, %d of them repetitions on purpose, of %d different ones; %d without a key are unknown and %d not done (-Dspawn.kills.seed=%d)"
        .formatted(
            progress.answers(),
            duplicates.get(),
            numbers.get(),
            unknown.size(),
            notDone.size(),
            seed);
  }

  @Override
  public void close() {
    over = true;
    callers.forEach(Thread::interrupt);
  }
}
