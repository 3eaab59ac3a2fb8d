package org.spawnmesh.benchmarks.failover;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.spawnmesh.examples.mesh.MeshApplication;
import org.spawnmesh.examples.mesh.local.Load;
import org.spawnmesh.examples.mesh.local.LocalMesh;
import org.spawnmesh.examples.mesh.local.LocalProcess;
import org.spawnmesh.examples.mesh.local.MeshNode;
import org.spawnmesh.examples.mesh.local.Outcome;
import org.spawnmesh.examples.mesh.local.ZooKeepers;

/**
 * W5. Three nodes of {@code examples/mesh} take deposits for some accounts; one of them is killed,
 * and started again, again and again; then one of them is stopped in good order, and started again.
 *
 * <p>Every figure is what the callers saw. A caller has one account and calls it through one node;
 * after a failure it tries the next node. Callers leave a node before it is stopped, as a load
 * balancer makes them, but not before it is killed.
 */
public final class Main {

  private static final int ACCOUNTS = 60;

  private static final int SECONDS_OF_REST = 10;

  /** Until a node has compiled what it does, with all cores to share. */
  private static final Duration WARM_UP = Duration.ofSeconds(10);

  private final LocalMesh how;
  private final Map<String, MeshNode> nodes = new TreeMap<>();
  private final Random random = new Random(5);
  private final List<String> accounts =
      IntStream.rangeClosed(1, ACCOUNTS).mapToObj("account-%02d"::formatted).toList();

  private Main(LocalMesh how) {
    this.how = how;
  }

  /**
   * Prints one JSON line a figure, or a table.
   *
   * @param args how often to kill, and how often to stop; how many milliseconds each caller rests
   *     after an answer; then {@code --json} or nothing
   */
  public static void main(String[] args) throws Exception {
    Path folder = Files.createTempDirectory("failover-");
    String classPath = System.getProperty("java.class.path");
    Results results = new Results();
    try (ZooKeepers zooKeeper = ZooKeepers.start(1, folder, classPath)) {
      Main main =
          new Main(
              new LocalMesh(
                  folder,
                  classPath,
                  MeshApplication.class,
                  zooKeeper.connectString(),
                  System.getProperty("bench.jdbc"),
                  Map.of(),
                  Duration.ofSeconds(40)));
      try {
        main.measure(
            Integer.parseInt(args[0]),
            Integer.parseInt(args[1]),
            Duration.ofMillis(Long.parseLong(args[2])),
            results);
      } finally {
        main.nodes.values().forEach(MeshNode::close);
      }
    }
    results.print(List.of(args).contains("--json"), System.out);
    System.exit(0);
  }

  private void measure(int kills, int stops, Duration pause, Results results) throws Exception {
    for (String name : List.of("node-a", "node-b", "node-c")) {
      nodes.put(name, started(name));
    }
    settle();
    try (Load load = Load.on(accounts, nodes.values(), pause)) {
      warmUp(load, WARM_UP);
      rest(load, results);
      for (int i = 1; i <= kills; i++) {
        results.heard("kill %d of %d".formatted(i, kills));
        kill(load, results);
      }
      for (int i = 1; i <= stops; i++) {
        results.heard("stop %d of %d".formatted(i, stops));
        stop(load, results);
      }
      check(load.stop(), results);
    }
  }

  private MeshNode started(String name) throws IOException, InterruptedException {
    LocalProcess process = how.start(name, Map.of());
    try {
      return how.await(process);
    } catch (RuntimeException e) {
      process.close();
      throw e;
    }
  }

  private void settle() throws InterruptedException {
    LocalMesh.awaitAgreement(List.copyOf(nodes.values()));
  }

  /** Until all have been called for a while: a JVM that just started is slow. */
  private static void warmUp(Load load, Duration time) throws InterruptedException {
    long end = System.nanoTime() + time.toNanos();
    while (System.nanoTime() - end < 0) {
      load.forget();
      long now = System.nanoTime() + Duration.ofMillis(500).toNanos();
      load.await(call -> call.isAnswered() && call.begun() > now);
    }
    load.forget();
  }

  /** What the load itself costs: the longest gap of each second in which nothing happens. */
  private static void rest(Load load, Results results) throws InterruptedException {
    for (int i = 0; i < SECONDS_OF_REST; i++) {
      load.forget();
      long over = System.nanoTime() + Duration.ofSeconds(1).toNanos();
      load.await(call -> call.begun() > over);
      results.rested.add(load.longestGap());
      results.restCalls += load.calls().size();
    }
  }

  /** Any node, and so now and then the one that leads. */
  private String victim() {
    List<String> names = new ArrayList<>(nodes.keySet());
    return names.get(random.nextInt(names.size()));
  }

  private void kill(Load load, Results results) throws Exception {
    String name = victim();
    Set<String> its = owned(name);
    MeshNode node = nodes.remove(name);
    if (node == null) {
      throw new IllegalStateException(name);
    }
    load.forget();
    long killed = System.nanoTime();
    node.process().kill();
    load.await(call -> call.isAnswered() && call.begun() > killed);
    load.drop(node);
    settle();
    for (String account : accounts) {
      Duration away = load.away(account, killed);
      (its.contains(account) ? results.killed : results.others).add(away);
    }
    results.killFailures += load.failed().size();
    back(load, name, results);
  }

  private Set<String> owned(String name) throws InterruptedException {
    MeshNode any = nodes.values().iterator().next();
    Set<String> owned = new HashSet<>();
    for (String account : accounts) {
      if (any.owner("Account", account).orElse("").equals(name)) {
        owned.add(account);
      }
    }
    return owned;
  }

  private void stop(Load load, Results results) throws Exception {
    String name = victim();
    MeshNode node = nodes.remove(name);
    if (node == null) {
      throw new IllegalStateException(name);
    }
    load.avoid(node);
    load.forget();
    node.process().stop();
    node.process().awaitEnd(Duration.ofSeconds(60));
    settle();
    long over = System.nanoTime();
    load.await(call -> call.begun() > over);
    results.stopped.add(load.longestGap());
    results.stopFailures += load.failed().size();
    results.told(load);
    back(load, name, results);
  }

  private void back(Load load, String name, Results results) throws Exception {
    load.forget();
    MeshNode node = started(name);
    nodes.put(name, node);
    settle();
    long over = System.nanoTime();
    load.await(call -> call.begun() > over);
    results.started.add(load.longestGap());
    results.startFailures += load.failed().size();
    results.told(load);
    load.use(node);
    warmUp(load, WARM_UP);
  }

  private void check(Load.Expected expected, Results results) throws InterruptedException {
    MeshNode any = nodes.values().iterator().next();
    for (String account : accounts) {
      if (!(any.get("/accounts/" + account) instanceof Outcome.Answered(var body))
          || !expected.allows(account, body.path("amount").asLong())) {
        throw new IllegalStateException(account + " does not hold what was acknowledged");
      }
    }
    results.acknowledged = expected.allAcknowledged();
    results.uncertain = expected.allUncertain();
  }

  /** All figures. Not thread-safe. */
  private static final class Results {

    private final Samples rested = new Samples();
    private final Samples killed = new Samples();
    private final Samples others = new Samples();
    private final Samples stopped = new Samples();
    private final Samples started = new Samples();
    private long restCalls;
    private long killFailures;
    private long stopFailures;
    private long startFailures;
    private long acknowledged;
    private long uncertain;

    void heard(String what) {
      System.err.println(what);
    }

    /** Calls that failed where none should. */
    void told(Load load) {
      load.failed().stream().limit(3).forEach(call -> System.err.println("failed: " + call));
    }

    void print(boolean json, PrintStream out) {
      line(json, out, "rest", "longest gap of any actor, per second", rested, 0);
      line(json, out, "kill", "actor of the killed node answers again", killed, killFailures);
      line(json, out, "kill-others", "actor of another node answers again", others, 0);
      line(json, out, "stop", "longest gap of any actor, per stop", stopped, stopFailures);
      line(json, out, "start", "longest gap of any actor, per start", started, startFailures);
      if (!json) {
        out.printf(Locale.ROOT, "%nAt rest about %,d calls/s.%n", restCalls / SECONDS_OF_REST);
        out.printf(
            Locale.ROOT,
            "Nothing lost: %,d deposits acknowledged, %,d uncertain, all balances agree.%n",
            acknowledged,
            uncertain);
      }
    }

    private void line(
        boolean json, PrintStream out, String op, String what, Samples of, long failures) {
      if (json) {
        out.printf(
            Locale.ROOT,
            "{\"peer\":\"spawn\",\"workload\":\"W5\",\"op\":\"%s\",\"samples\":%d,\"p50_ms\":%.1f,\"p99_ms\":%.1f,\"max_ms\":%.1f,\"failed_calls\":%d}%n",
            op,
            of.size(),
            of.percentile(50),
            of.percentile(99),
            of.longest(),
            failures);
      } else {
        out.printf(
            Locale.ROOT,
            "%-12s %-42s %5d samples   p50 %7.1f ms   p99 %7.1f ms   longest %7.1f ms   failed calls %d%n",
            op,
            what,
            of.size(),
            of.percentile(50),
            of.percentile(99),
            of.longest(),
            failures);
      }
    }
  }
}
