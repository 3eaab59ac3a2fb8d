package org.spawnmesh.proxy.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.spawnmesh.proxy.host.RawHost.http;
import static org.spawnmesh.proxy.host.RawHost.ok;
import static org.spawnmesh.proxy.host.RawHost.reply;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.spawnmesh.actor.Execution;
import org.spawnmesh.actor.FailureCode;
import org.spawnmesh.host.ActionFailedException;
import org.spawnmesh.host.HostReply;

/** Hosts that go away, come back, or stand still. */
class RestartTest {

  private static final Duration SHORT = Duration.ofMillis(300);

  private static ActionFailedException failure(TestHosts hosts, RawHost host, Duration within) {
    ActionFailedException failure =
        catchThrowableOfType(ActionFailedException.class, () -> hosts.call(host, within));
    assertThat(failure).isNotNull();
    return failure;
  }

  @Test
  void whileAHostRestartsItsCallersWait() throws Exception {
    try (TestHosts hosts = new TestHosts();
        RawHost host = RawHost.answering(ok(reply()));
        ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      hosts.call(host);
      host.kill();
      List<Future<HostReply>> waiting = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        waiting.add(callers.submit(() -> hosts.call(host)));
      }
      // one has found out that the host is away: the others wait, too
      await(() -> hosts.meters.get("spawn.proxy.host.up").gauge().value() == 0);

      host.restart();

      for (Future<HostReply> call : waiting) {
        try {
          call.get(10, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
          // its request met the kill: it may have run
          assertThat(e.getCause())
              .isInstanceOfSatisfying(
                  ActionFailedException.class,
                  failure -> assertThat(failure.execution()).isEqualTo(Execution.UNKNOWN));
        }
      }
      assertThat(hosts.meters.get("spawn.proxy.host.up").gauge().value()).isEqualTo(1);
    }
  }

  @Test
  void aCallerWaitsNoLongerThanItsDeadlineAndHasNotRun() throws Exception {
    try (TestHosts hosts = new TestHosts();
        RawHost host = RawHost.answering(ok(reply()))) {
      host.kill();

      ActionFailedException failure = failure(hosts, host, SHORT);

      assertThat(failure.code()).isEqualTo(FailureCode.HOST_UNAVAILABLE);
      assertThat(failure.execution()).isEqualTo(Execution.NOT_EXECUTED);
      assertThat(failure).hasMessageContaining("was not sent to its host at " + host.address());
    }
  }

  @Test
  void aDeadHostAnswersAtOnceAndRecoversByItself() throws Exception {
    try (TestHosts hosts = new TestHosts("patience", "50ms", "probe-interval", "20ms");
        RawHost host = RawHost.answering(ok(reply()))) {
      host.kill();
      assertThat(failure(hosts, host, Duration.ofSeconds(20)).execution())
          .isEqualTo(Execution.NOT_EXECUTED); // when the patience was over, not the deadline

      long began = System.nanoTime();
      ActionFailedException refused = failure(hosts, host, Duration.ofSeconds(20));

      assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(1));
      assertThat(refused).hasMessageContaining("is down");
      assertThat(refused.failure().retryAfter()).isPositive();

      host.restart();
      await(() -> hosts.meters.get("spawn.proxy.host.up").gauge().value() == 1);
      hosts.call(host);
    }
  }

  /** Somebody's backlog is full: connecting takes longer than any of these callers waits. */
  @Test
  void thatNoConnectionIsMadeIsFoundOutThoughEachCallerGivesUpBefore() throws Exception {
    List<Socket> full = new ArrayList<>();
    try (TestHosts hosts = new TestHosts("connect-timeout", "200ms", "patience", "0");
        ServerSocket deaf = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      HostAddress address = new HostAddress("127.0.0.1", deaf.getLocalPort());
      try {
        for (boolean taken = true; taken; ) {
          Socket socket = new Socket();
          full.add(socket);
          taken = connects(socket, deaf);
        }
        ActionFailedException early =
            catchThrowableOfType(
                ActionFailedException.class,
                () -> hosts.hosts.at(address).call(TestHosts.call(Duration.ofMillis(20))));
        assertThat(early.execution()).isEqualTo(Execution.NOT_EXECUTED);

        await(() -> hosts.meters.get("spawn.proxy.host.up").gauge().value() == 0);
      } finally {
        for (Socket socket : full) {
          socket.close();
        }
      }
    }
  }

  private static boolean connects(Socket socket, ServerSocket to) throws IOException {
    try {
      socket.connect(to.getLocalSocketAddress(), 100);
      return true;
    } catch (SocketTimeoutException e) {
      return false;
    }
  }

  @Test
  void anUnknownNameIsAHostThatCannotBeReached() {
    try (TestHosts hosts = new TestHosts()) {
      HostAddress nowhere = new HostAddress("no-such-host.invalid", 8090);

      ActionFailedException failure =
          catchThrowableOfType(
              ActionFailedException.class,
              () -> hosts.hosts.at(nowhere).call(TestHosts.call(SHORT)));

      assertThat(failure.execution()).isEqualTo(Execution.NOT_EXECUTED);
      assertThat(failure).hasMessageContaining("name is not known");
    }
  }

  @Test
  void killsUnderLoadNeverRunACallTwice() throws Exception {
    Map<String, AtomicInteger> runs = new ConcurrentHashMap<>();
    AtomicBoolean over = new AtomicBoolean();
    try (TestHosts hosts = new TestHosts();
        RawHost host =
            new RawHost(
                peer -> {
                  RawHost.Request request;
                  while ((request = peer.next()) != null) {
                    String id = request.invocation().getCurrentContext().getMetadataOrThrow("id");
                    runs.computeIfAbsent(id, it -> new AtomicInteger()).incrementAndGet();
                    peer.write(ok(reply()));
                  }
                });
        ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      AtomicInteger answered = new AtomicInteger();
      Map<String, Execution> failed = new ConcurrentHashMap<>();
      List<Future<?>> loops = new ArrayList<>();
      for (int c = 0; c < 16; c++) {
        int caller = c;
        loops.add(
            callers.submit(
                () -> {
                  for (int i = 0; !over.get(); i++) {
                    String id = caller + "/" + i;
                    try {
                      hosts.at(host).call(TestHosts.callWith(Map.of("id", id)));
                      answered.incrementAndGet();
                    } catch (ActionFailedException e) {
                      failed.put(id, e.execution());
                    }
                  }
                  return null;
                }));
      }
      try {
        for (int kill = 0; kill < 10; kill++) {
          int before = answered.get();
          await(() -> answered.get() > before + 100);
          host.kill();
          host.restart();
        }
      } finally {
        over.set(true);
      }
      for (Future<?> loop : loops) {
        loop.get(30, TimeUnit.SECONDS);
      }

      assertThat(runs.values()).allMatch(count -> count.get() == 1);
      assertThat(failed.values()).allMatch(Execution.UNKNOWN::equals);
      assertThat(answered.get() + failed.size()).isGreaterThanOrEqualTo(runs.size());
    }
  }

  @Test
  void aHostThatStandsStillIsLeftAloneAfterAWhileAndTriedAgain() throws Exception {
    AtomicBoolean still = new AtomicBoolean(true);
    try (TestHosts hosts =
            new TestHosts(
                "timeout", "50ms",
                "circuit.slow-after", "20ms",
                "circuit.window", "4",
                "circuit.minimum-calls", "4",
                "circuit.pause", "100ms",
                "circuit.trial-calls", "1");
        RawHost host =
            new RawHost(
                peer -> {
                  while (peer.next() != null) {
                    if (still.get()) {
                      peer.awaitClose();
                    } else {
                      peer.write(ok(reply()));
                    }
                  }
                })) {
      for (int i = 0; i < 4; i++) {
        assertThat(failure(hosts, host, Duration.ofSeconds(20)).code())
            .isEqualTo(FailureCode.DEADLINE_PASSED);
      }

      ActionFailedException refused = failure(hosts, host, Duration.ofSeconds(20));

      assertThat(refused.code()).isEqualTo(FailureCode.HOST_UNAVAILABLE);
      assertThat(refused.execution()).isEqualTo(Execution.NOT_EXECUTED);
      assertThat(refused).hasMessageContaining("does not answer any more");
      still.set(false);
      await(
          () -> {
            try {
              return hosts.call(host) != null;
            } catch (ActionFailedException e) {
              return false;
            }
          });
      assertThat(
              hosts
                  .meters
                  .get("resilience4j.timelimiter.calls")
                  .tag("kind", "timeout")
                  .counter()
                  .count())
          .isEqualTo(4);
    }
  }

  @Test
  void failingActionsAndBrokenConnectionsDoNotSpeakAgainstTheHost() throws Exception {
    CountDownLatch failures = new CountDownLatch(40);
    try (TestHosts hosts = new TestHosts("circuit.window", "4", "circuit.minimum-calls", "4");
        RawHost host =
            new RawHost(
                peer -> {
                  peer.next();
                  failures.countDown();
                  if (peer.number % 2 == 0) {
                    peer.write(http("500 Oops", "text/plain", new byte[0], "Connection: close"));
                  }
                })) {
      for (int i = 0; i < 40; i++) {
        failure(hosts, host, Duration.ofSeconds(20));
      }

      assertThat(failures.getCount()).isZero();
    }
  }

  @Test
  void whatAnswersInPlaceOfTheHostDoes() throws Exception {
    try (TestHosts hosts = new TestHosts("circuit.window", "4", "circuit.minimum-calls", "4");
        RawHost host = RawHost.answering(http("503 Unavailable", "text/plain", new byte[0]))) {
      for (int i = 0; i < 4; i++) {
        ActionFailedException failure = failure(hosts, host, Duration.ofSeconds(20));
        assertThat(failure.code()).isEqualTo(FailureCode.HOST_UNAVAILABLE);
        assertThat(failure.execution()).isEqualTo(Execution.UNKNOWN);
      }

      assertThat(failure(hosts, host, Duration.ofSeconds(20)).execution())
          .isEqualTo(Execution.NOT_EXECUTED);
      assertThat(host.requests).hasSize(4);
    }
  }

  /** Watches a value that nothing announces. */
  private static void await(java.util.concurrent.Callable<Boolean> condition) throws Exception {
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!condition.call()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("It did not come to pass");
      }
      LockSupport.parkNanos(1_000_000);
    }
  }
}
