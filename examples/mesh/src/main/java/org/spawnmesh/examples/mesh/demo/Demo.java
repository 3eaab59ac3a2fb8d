package org.spawnmesh.examples.mesh.demo;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.spawnmesh.examples.mesh.MeshApplication;
import org.spawnmesh.examples.mesh.local.Load;
import org.spawnmesh.examples.mesh.local.LocalMesh;
import org.spawnmesh.examples.mesh.local.LocalProcess;
import org.spawnmesh.examples.mesh.local.MeshNode;
import org.spawnmesh.examples.mesh.local.Outcome;
import org.spawnmesh.examples.mesh.local.ZooKeepers;

/** What {@code examples/mesh/run} runs. */
public final class Demo {

  private static final List<String> NAMES = List.of("node-a", "node-b", "node-c");

  private static final List<String> ACCOUNTS =
      IntStream.rangeClosed(1, 60).mapToObj("account-%02d"::formatted).toList();

  private final LocalMesh mesh;
  private final Told told = new Told(System.out);
  private final Map<String, MeshNode> nodes = new TreeMap<>();

  private Demo(LocalMesh mesh) {
    this.mesh = mesh;
  }

  /**
   * @param args the folder for the data and the logs, which must exist
   */
  public static void main(String[] args) throws Exception {
    Path folder = Path.of(args[0]);
    String classPath = System.getProperty("java.class.path");
    Told told = new Told(System.out);
    told.chapter("Starting a ZooKeeper, a PostgreSQL and three nodes: five processes");
    long begun = System.nanoTime();
    try (ZooKeepers zooKeeper = ZooKeepers.start(1, folder, classPath)) {
      told.fact("ZooKeeper", zooKeeper.connectString(), begun);
      begun = System.nanoTime();
      try (EmbeddedPostgres postgres =
          EmbeddedPostgres.builder()
              .setDataDirectory(Files.createDirectory(folder.resolve("postgres")))
              .start()) {
        told.fact("PostgreSQL", "127.0.0.1:" + postgres.getPort(), begun);
        Demo demo =
            new Demo(
                new LocalMesh(
                    folder,
                    classPath,
                    MeshApplication.class,
                    zooKeeper.connectString(),
                    postgres.getJdbcUrl("postgres", "postgres"),
                    Map.of(),
                    Duration.ofSeconds(40)));
        try {
          demo.run();
        } finally {
          demo.nodes.values().forEach(MeshNode::close);
        }
      }
    }
    System.exit(0);
  }

  private void run() throws Exception {
    long begun = System.nanoTime();
    start(NAMES);
    for (MeshNode node : nodes.values()) {
      told.fact(node.name(), node.address() + "  process " + node.process().pid(), begun);
    }
    MeshNode any = node("node-a");
    told.line("You can look yourself, for example with");
    told.line("  curl " + any.address() + "/actuator/mesh");
    told.line("  curl " + any.address() + "/accounts/account-01");

    Load.Expected expected;
    try (Load load = Load.on(ACCOUNTS, nodes.values(), Duration.ofMillis(20))) {
      load.await(Load.Call::isAnswered);
      told.chapter(
          "Deposits come in for %d accounts, at all three nodes".formatted(ACCOUNTS.size()));
      showOwners();
      warmUp(load);
      kill(load, "node-b");
      stop(load, "node-c");
      startAgain(load);
      expected = load.stop();
    }
    balance(expected);
  }

  private void start(List<String> names) throws IOException, InterruptedException {
    List<LocalProcess> starting = new ArrayList<>();
    for (String name : names) {
      starting.add(mesh.start(name, Map.of()));
    }
    try {
      for (LocalProcess process : starting) {
        nodes.put(process.name(), mesh.await(process));
      }
    } catch (RuntimeException e) {
      starting.forEach(LocalProcess::close);
      throw e;
    }
    LocalMesh.awaitAgreement(List.copyOf(nodes.values()));
  }

  private MeshNode node(String name) {
    return Objects.requireNonNull(nodes.get(name));
  }

  /** JVMs that just started are slow, which would hide what is to be seen. */
  private static void warmUp(Load load) throws InterruptedException {
    for (int round = 0; round < 10; round++) {
      long now = System.nanoTime() + Duration.ofMillis(300).toNanos();
      load.forget();
      load.await(call -> call.isAnswered() && call.begun() > now);
    }
  }

  private Map<String, List<String>> owned() throws InterruptedException {
    MeshNode any = nodes.values().iterator().next();
    Map<String, List<String>> owned = new TreeMap<>();
    for (String account : ACCOUNTS) {
      owned
          .computeIfAbsent(
              any.owner("Account", account).orElse("nobody"), name -> new ArrayList<>())
          .add(account);
    }
    return owned;
  }

  private void showOwners() throws InterruptedException {
    Map<String, List<String>> owned = owned();
    for (MeshNode node : nodes.values()) {
      MeshNode.View view = node.view().orElseThrow();
      List<String> accounts = owned.getOrDefault(node.name(), List.of());
      told.line(
          "  %s owns %3d shards of 256, and so %2d accounts: %s"
              .formatted(
                  node.name(),
                  view.open(),
                  accounts.size(),
                  accounts.stream()
                          .limit(9)
                          .map(name -> name.substring("account-".length()))
                          .collect(Collectors.joining(" "))
                      + (accounts.size() > 9 ? " …" : "")));
    }
  }

  private void kill(Load load, String victim) throws InterruptedException {
    Set<String> its = Set.copyOf(owned().getOrDefault(victim, List.of()));
    MeshNode node = node(victim);
    nodes.remove(victim);
    told.chapter(
        "SIGKILL to %s, process %d, which owns %d accounts"
            .formatted(victim, node.process().pid(), its.size()));
    load.forget();
    long killed = System.nanoTime();
    node.process().kill();
    load.await(call -> call.isAnswered() && call.begun() > killed);
    load.drop(node);
    Map<String, Duration> away = new TreeMap<>();
    for (String account : ACCOUNTS) {
      away.put(account, load.away(account, killed));
    }
    told.line("Until each account was there again, as its callers saw it:");
    told.bars("of " + victim, select(away, its, true));
    told.bars("of the others", select(away, its, false));
    long view = LocalMesh.awaitAgreement(List.copyOf(nodes.values()));
    List<Load.Call> failed = load.failed();
    told.line(
        "%d calls were under way at %s and got no answer, or one that says to try again; the nodes that are left are in view %d:"
            .formatted(failed.size(), victim, view));
    showOwners();
  }

  private static List<Duration> select(Map<String, Duration> all, Set<String> its, boolean wanted) {
    return all.entrySet().stream()
        .filter(each -> its.contains(each.getKey()) == wanted)
        .map(Map.Entry::getValue)
        .sorted()
        .toList();
  }

  private void stop(Load load, String leaving) throws InterruptedException, IOException {
    told.chapter("%s comes back, and %s is stopped in good order".formatted("node-b", leaving));
    start(List.of("node-b"));
    load.use(node("node-b"));
    warmUp(load);
    MeshNode node = node(leaving);
    nodes.remove(leaving);
    load.avoid(node);
    load.forget();
    long begun = System.nanoTime();
    node.process().stop();
    node.process().awaitEnd(Duration.ofSeconds(60));
    long view = LocalMesh.awaitAgreement(List.copyOf(nodes.values()));
    long over = System.nanoTime();
    load.await(call -> call.begun() > over);
    told.line(
        "It gave its accounts to the others, which took them over in view %d, and ended after %s."
            .formatted(view, Told.seconds(Duration.ofNanos(over - begun))));
    told.line(
        "Calls meanwhile: %,d. Failed: %d. The longest time that an account's caller waited: %s."
            .formatted(load.calls().size(), load.failed().size(), Told.seconds(load.longestGap())));
    showOwners();
  }

  private void startAgain(Load load) throws InterruptedException, IOException {
    told.chapter("node-c starts again");
    load.forget();
    start(List.of("node-c"));
    load.use(node("node-c"));
    long now = System.nanoTime();
    load.await(call -> call.isAnswered() && call.begun() > now);
    told.line(
        "It took its share. Calls meanwhile: %,d. Failed: %d. The longest wait: %s."
            .formatted(load.calls().size(), load.failed().size(), Told.seconds(load.longestGap())));
    showOwners();
  }

  private void balance(Load.Expected expected) throws InterruptedException {
    told.chapter("Is everything there?");
    long all = 0;
    List<String> wrong = new ArrayList<>();
    MeshNode any = nodes.values().iterator().next();
    for (String account : ACCOUNTS) {
      Outcome outcome = any.get("/accounts/" + account);
      if (!(outcome instanceof Outcome.Answered(var body))) {
        throw new IllegalStateException(account + " does not answer: " + outcome);
      }
      long balance = body.path("amount").asLong();
      all += balance;
      if (!expected.allows(account, balance)) {
        wrong.add(account + " holds " + balance);
      }
    }
    told.line(
        "%,d deposits of 1 were acknowledged, and of %d nobody knows, because their node was killed."
            .formatted(expected.allAcknowledged(), expected.allUncertain()));
    told.line("The accounts hold %,d.".formatted(all));
    if (!wrong.isEmpty()) {
      throw new IllegalStateException("These accounts are wrong: " + wrong);
    }
    told.line("Nothing is lost, and nothing is there twice.");
  }
}
