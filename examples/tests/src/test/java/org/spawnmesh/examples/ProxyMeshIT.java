package org.spawnmesh.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.apache.curator.test.TestingServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.spawnmesh.protocol.InvocationResponse;
import org.spawnmesh.protocol.Status;

/**
 * Three packaged proxies, each with a host of its own, that share a database: one mesh. Every test
 * leaves three proxies with three hosts behind, and uses actors of its own.
 *
 * <p>{@code -Dspawn.mesh.rate=…} is the load of the rolling restart, in calls per second.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ProxyMeshIT {

  private static final int PROXIES = 3;
  private static final int ACTORS = 60;
  private static final int RATE = Integer.getInteger("spawn.mesh.rate", 200);
  private static final Duration SOON = Duration.ofSeconds(60);

  private TestingServer zooKeeper;
  private EmbeddedPostgres postgres;
  private final List<Proxy> proxies = new ArrayList<>();
  private final List<MeshHost> hosts = new ArrayList<>();

  @BeforeAll
  void start(@TempDir Path folder) throws Exception {
    zooKeeper = new TestingServer(true);
    postgres = EmbeddedPostgres.start();
    List<CompletableFuture<Proxy>> starting = new ArrayList<>();
    for (int i = 0; i < PROXIES; i++) {
      String name = "proxy-" + i;
      starting.add(CompletableFuture.supplyAsync(() -> proxy(folder.resolve(name), name)));
    }
    for (CompletableFuture<Proxy> one : starting) {
      proxies.add(one.join());
    }
    for (int i = 0; i < PROXIES; i++) {
      hosts.add(new MeshHost("host-" + i, proxies.get(i).hostPort()));
      assertThat(proxies.get(i).register(MeshHost.registration()).getStatus().getMessage())
          .isEqualTo("Accepted");
    }
  }

  private Proxy proxy(Path folder, String name) {
    try {
      return Proxy.startInMesh(
          Files.createDirectory(folder), name, zooKeeper.getConnectString(), postgres.getPort());
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @AfterAll
  void stop() throws Exception {
    for (Proxy proxy : proxies) {
      proxy.close();
    }
    hosts.forEach(MeshHost::close);
    if (postgres != null) {
      postgres.close();
    }
    zooKeeper.close();
  }

  private int count(int proxy, String actor) throws Exception {
    return Integer.parseInt(proxies.get(proxy).ask(actor, "count", ""));
  }

  /** How often it was counted, read by the proxy itself. */
  private int counted(int proxy, String actor) throws Exception {
    return counted(proxies.get(proxy).invoke(actor, "get", ""));
  }

  /** The same by a proxy whose peer has just died: a question that went there has no answer. */
  private int countedAtLast(int proxy, String actor) throws Exception {
    long end = System.nanoTime() + SOON.toNanos();
    while (true) {
      InvocationResponse state = proxies.get(proxy).invoke(actor, "get", "");
      if (!state.getStatus().getMessage().contains("connection broke") || System.nanoTime() > end) {
        return counted(state);
      }
    }
  }

  private static int counted(InvocationResponse state) throws Exception {
    assertThat(state.getStatus().getStatus()).as("%s", state.getStatus()).isEqualTo(Status.OK);
    return state.hasValue() ? Integer.parseInt(Proxy.content(state.getValue())) : 0;
  }

  /** Reads until it is so: what is told to somebody else is told soon, not at once. */
  private void awaitCounted(int proxy, String actor, int expected) throws Exception {
    long end = System.nanoTime() + SOON.toNanos();
    while (counted(proxy, actor) != expected) {
      assertThat(System.nanoTime()).as("%s is %d", actor, counted(proxy, actor)).isLessThan(end);
    }
  }

  @Test
  void anActorIsTheSameFromEveryProxyAndEveryHostHasItsShare() throws Exception {
    hosts.forEach(MeshHost::ran);
    for (int round = 0; round < PROXIES; round++) {
      for (int i = 0; i < ACTORS; i++) {
        assertThat(count((i + round) % PROXIES, "counter/same-" + i)).isEqualTo(round + 1);
      }
    }
    for (int i = 0; i < PROXIES; i++) {
      assertThat(count(i, "joe")).isEqualTo(i + 1);
    }
    assertThat(hosts)
        .extracting(host -> host.ran().stream().filter(name -> name.startsWith("same-")).count())
        .allSatisfy(some -> assertThat(some).isBetween(1L, ACTORS - 2L));
  }

  @Test
  void whatOneHostServesIsCalledFromEveryProxyOnceItIsRegistered() throws Exception {
    for (int i = 0; i < 5; i++) {
      String name = "solo-" + i;
      proxies.get(1).register(MeshHost.registration(name));
      assertThat(count(0, name)).isEqualTo(1);
      assertThat(count(2, name)).isEqualTo(2);
      assertThat(proxies.get(2).ask(name, "who", "")).isEqualTo("host-1");
    }
    proxies.get(1).register(MeshHost.registration());
    assertThat(proxies.get(0).invoke("solo-4", "count", "").getStatus().getMessage())
        .startsWith("SP1");
  }

  @Test
  void namesAndMessagesGoFromProxyToProxy() throws Exception {
    assertThat(proxies.get(0).spawn("spawned", "counter").getStatus().getMessage())
        .isEqualTo("Accepted");
    assertThat(count(1, "spawned")).isEqualTo(1);
    assertThat(count(2, "spawned")).isEqualTo(2);
    assertThat(count(2, "counter/ref")).isEqualTo(1);
    assertThat(count(0, "ref")).isEqualTo(2);

    for (int i = 0; i < ACTORS; i++) {
      Proxy proxy = proxies.get(i % PROXIES);
      String actor = "counter/sender-" + i;
      assertThat(proxy.ask(actor, "pipe", "joe")).isEqualTo("joe heard sender-" + i);
      assertThat(proxy.ask(actor, "forward", "joe")).isEqualTo("joe heard joe");
      proxy.ask(actor, "effect", "effect-" + i);
      assertThat(
              Proxy.content(proxy.invoke(actor, "meta", "", Map.of("colour", "green")).getValue()))
          .isEqualTo("green");
    }
    for (int i = 0; i < ACTORS; i++) {
      awaitCounted((i + 1) % PROXIES, "counter/effect-" + i, 1);
    }
  }

  @Test
  void eachListenerHearsABroadcastOnce() throws Exception {
    int ann = counted(0, "ann");
    int bob = counted(0, "bob");
    int shouts = 0;
    for (int i = 0; i < ACTORS; i++) {
      proxies.get(i % PROXIES).ask("counter/shouter-" + i, "shout", "hello");
      shouts++;
    }
    awaitCounted(1, "ann", ann + shouts);
    awaitCounted(2, "bob", bob + shouts);
  }

  @Test
  void otherHostsTakeTheActorsOfOneThatDied() throws Exception {
    for (int i = 0; i < ACTORS; i++) {
      count(0, "counter/orphan-" + i);
    }
    hosts.get(2).close();
    for (int i = 0; i < ACTORS; i++) {
      String actor = "counter/orphan-" + i;
      long end = System.nanoTime() + SOON.toNanos();
      InvocationResponse answer;
      do {
        answer = proxies.get(i % PROXIES).invoke(actor, "count", "");
        assertThat(System.nanoTime()).as("%s", answer.getStatus()).isLessThan(end);
      } while (answer.getStatus().getStatus() != Status.OK
          && answer.getStatus().getMessage().contains("did not take effect"));
      assertThat(Proxy.content(answer.getValue())).isEqualTo("2");
    }
    MeshHost back = new MeshHost("host-2", proxies.get(2).hostPort());
    hosts.set(2, back);
    long end = System.nanoTime() + SOON.toNanos();
    while (back.ran().isEmpty()) {
      for (int i = 0; i < ACTORS; i++) {
        proxies.get(i % PROXIES).ask("counter/orphan-" + i, "who", "");
      }
      assertThat(System.nanoTime()).as("nothing came back to the host").isLessThan(end);
    }
  }

  @Test
  void aKilledProxyCostsNothingThatWasAnswered() throws Exception {
    for (int i = 0; i < ACTORS; i++) {
      count(i % PROXIES, "counter/kept-" + i);
    }
    proxies.get(1).kill();
    for (int i = 0; i < ACTORS; i++) {
      String actor = "counter/kept-" + i;
      int by = i % 2 == 0 ? 0 : 2;
      assertThat(countedAtLast(by, actor)).isEqualTo(1);
      assertThat(count(by, actor)).isEqualTo(2);
    }
    proxies.get(1).start();
    assertThat(proxies.get(1).output()).contains("is known to serve");
    hosts.get(1).ran();
    for (int i = 0; i < ACTORS; i++) {
      assertThat(count(1, "counter/kept-" + i)).isEqualTo(3);
    }
    assertThat(hosts.get(1).ran()).as("what its own host runs again").isNotEmpty();
  }

  @Test
  void aRollingRestartUnderLoadCostsNoCall() throws Exception {
    SteadyLoad load = new SteadyLoad(proxies, RATE, "rolling-", ACTORS);
    try (load) {
      load.awaitAnswers(2 * RATE);
      for (Proxy proxy : proxies) {
        proxy.stop();
        load.awaitAnswers(RATE);
        proxy.start();
        load.awaitAnswers(2 * RATE);
      }
    }
    System.out.println("Rolling restart of three proxies: " + load.summary());
    assertThat(load.failures()).as(this::logs).isEmpty();
    for (int i = 0; i < ACTORS; i++) {
      assertThat(counted(i % PROXIES, "counter/rolling-" + i)).isEqualTo(load.acknowledged(i));
    }
  }

  private String logs() {
    return proxies.stream().map(Proxy::log).collect(Collectors.joining("\n\n"));
  }
}
