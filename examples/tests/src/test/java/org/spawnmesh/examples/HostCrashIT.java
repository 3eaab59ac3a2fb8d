package org.spawnmesh.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.spawnmesh.protocol.InvocationResponse;
import org.spawnmesh.protocol.RequestStatus;
import org.spawnmesh.protocol.Status;

/**
 * A host's process, killed with SIGKILL again and again while it works. The proxy stays up: its
 * callers wait for the host within their deadline, or hear a coded error that is true, and nothing
 * that was answered is lost.
 */
class HostCrashIT {

  private static final int KILLS = Integer.getInteger("spawn.crash.kills", 10);
  private static final int ACCOUNTS = 10;
  private static final int CALLERS = 16;
  private static final Duration DEADLINE = Duration.ofSeconds(20);

  /** What a busy machine may add to it. */
  private static final Duration GRACE = Duration.ofSeconds(10);

  @TempDir private Path folder;

  private RunningProcess host;

  @AfterEach
  void stop() throws Exception {
    RunningProcess.closeAll(host);
  }

  @BeforeEach
  void installed() {
    RunningProcess.assumeInstalled("python3");
  }

  @Test
  void nothingThatWasAnsweredIsLostAndTheProxyGoesOn() throws Exception {
    Random random = new Random(42);
    Ledger ledger = new Ledger();
    try (Proxy proxy = Proxy.start(folder)) {
      host = startHost(proxy);
      try (Load load = new Load(proxy, ledger)) {
        for (int kill = 0; kill < KILLS; kill++) {
          load.awaitAnswers(50 + random.nextInt(150));
          host.close();
          host = startHost(proxy);
        }
        load.awaitAnswers(100); // it recovers without anybody's help
      }
      ledger.check();
      ledger.compareWith(proxy);

      proxy.restart(); // what it remembers is in the store
      ledger.compareWith(proxy);
    }
    assertThat(ledger.answered()).isGreaterThanOrEqualTo(KILLS * 50 + 100);
  }

  private static RunningProcess startHost(Proxy proxy) throws Exception {
    RunningProcess host = proxy.run("python-host", "python3", "host.py");
    host.awaitOutput("Registered joe, account, printer, audit");
    return host;
  }

  /** What the callers know: what was answered, what may be in, and what went wrong. */
  private static final class Ledger {

    private final AtomicIntegerArray answered = new AtomicIntegerArray(ACCOUNTS);
    private final AtomicIntegerArray unknown = new AtomicIntegerArray(ACCOUNTS);
    private final Queue<String> wrong = new ConcurrentLinkedQueue<>();

    void heard(int account, RequestStatus status, Duration after) {
      String message = status.getMessage();
      if (status.getStatus() == Status.OK) {
        answered.incrementAndGet(account);
      } else if (message.contains("may have taken effect")) {
        unknown.incrementAndGet(account);
      } else if (!message.contains("did not take effect")) {
        wrong.add(message);
      }
      if (status.getStatus() != Status.OK && !message.matches("(?s)SP\\d{4} .*")) {
        wrong.add("without a code: " + status);
      }
      if (after.compareTo(DEADLINE.plus(GRACE)) > 0) {
        wrong.add("after " + after + ": " + status);
      }
    }

    int answered() {
      int total = 0;
      for (int account = 0; account < ACCOUNTS; account++) {
        total += answered.get(account);
      }
      return total;
    }

    void check() {
      assertThat(wrong).isEmpty();
    }

    void compareWith(Proxy proxy) throws Exception {
      for (int account = 0; account < ACCOUNTS; account++) {
        String answer = proxy.ask("account/a" + account, "balance", "");
        int balance = Integer.parseInt(answer.replaceAll("\\D", ""));
        assertThat(balance)
            .as("balance of a%d", account)
            .isBetween(answered.get(account), answered.get(account) + unknown.get(account));
      }
    }
  }

  /** Callers that put 1 into one account after the other, until closed. */
  private static final class Load implements AutoCloseable {

    private final Proxy proxy;
    private final Ledger ledger;
    private final Semaphore answers = new Semaphore(0);
    private final AtomicBoolean over = new AtomicBoolean();
    private final List<Thread> callers = new ArrayList<>();

    Load(Proxy proxy, Ledger ledger) {
      this.proxy = proxy;
      this.ledger = ledger;
      for (int caller = 0; caller < CALLERS; caller++) {
        int first = caller;
        callers.add(Thread.ofVirtual().start(() -> run(first)));
      }
    }

    private void run(int first) {
      for (int i = first; !over.get(); i += 7) {
        int account = i % ACCOUNTS;
        long began = System.nanoTime();
        try {
          InvocationResponse response =
              proxy.invoke(
                  "account/a" + account,
                  "deposit",
                  "{\"amount\":1}",
                  Map.of("request-timeout", String.valueOf(DEADLINE.toMillis())));
          ledger.heard(account, response.getStatus(), Duration.ofNanos(System.nanoTime() - began));
          if (response.getStatus().getStatus() == Status.OK) {
            answers.release();
          }
        } catch (Exception e) {
          ledger.wrong.add("no answer of the proxy: " + e);
          return;
        }
      }
    }

    /** From now on. */
    void awaitAnswers(int count) throws InterruptedException {
      answers.drainPermits();
      assertThat(answers.tryAcquire(count, 2, TimeUnit.MINUTES))
          .as("%d answers in two minutes; %s", count, ledger.wrong)
          .isTrue();
    }

    @Override
    public void close() throws InterruptedException {
      over.set(true);
      for (Thread caller : callers) {
        caller.join();
      }
    }
  }
}
