package org.spawnmesh.examples.mesh.chaos;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.spawnmesh.examples.mesh.chaos.ChaosNode.Heard;
import org.spawnmesh.examples.mesh.local.MeshNode;
import org.spawnmesh.examples.mesh.local.Outcome;
import tools.jackson.databind.JsonNode;

/** Callers who never give up, and what they were told. Thread-safe. */
final class Workload implements AutoCloseable {

  private static final int TALLIES = 400;
  private static final int TALLY_CALLERS = 16;

  /**
   * So many that a node that is stopped has some calls under way whose answer is its own to give.
   */
  private static final int SLOW_CALLERS = 40;

  private static final int LOOKERS = 10;

  /** Registers in use at one time, each by some callers; a history must not get long. */
  private static final int REGISTERS = 8;

  private static final int REGISTER_CALLERS = 3;
  private static final int HISTORY = 90;

  /** For effects that are still to come when all is well. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(40);

  private final ChaosMesh mesh;
  private final long seed;
  private final Progress progress = new Progress();
  private final AtomicLong numbers = new AtomicLong();
  private final AtomicLong notDone = new AtomicLong();
  private final AtomicLong unknown = new AtomicLong();
  private final Map<String, TallyRecord> tallies = new ConcurrentHashMap<>();
  private final Map<String, History> histories = new ConcurrentHashMap<>();
  private final Queue<Throwable> bugs = new ConcurrentLinkedQueue<>();
  private final List<Thread> callers = new ArrayList<>();
  private volatile int effects;
  private volatile boolean over;

  Workload(ChaosMesh mesh, long seed) {
    this.mesh = mesh;
    this.seed = seed;
  }

  void start() {
    for (int i = 0; i < TALLY_CALLERS; i++) {
      caller(this::tally);
    }
    List<Slow> slow = IntStream.range(0, SLOW_CALLERS).mapToObj(Slow::new).toList();
    slow.forEach(each -> caller(each::add));
    for (int i = 0; i < LOOKERS; i++) {
      caller(random -> slow.get(random.nextInt(SLOW_CALLERS)).look(random));
    }
    for (int i = 0; i < REGISTERS; i++) {
      Group group = new Group(i);
      for (int j = 0; j < REGISTER_CALLERS; j++) {
        caller(random -> register(group, random));
      }
    }
  }

  /** One call after the other. */
  private interface Calls {

    void call(Random random) throws InterruptedException;
  }

  private void caller(Calls calls) {
    Random random = new Random(seed + callers.size());
    callers.add(
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    while (!over) {
                      calls.call(random);
                      LockSupport.parkNanos(PAUSE);
                    }
                  } catch (InterruptedException e) {
                    // it is over
                  } catch (Throwable e) {
                    bugs.add(e);
                  }
                }));
  }

  private Outcome count(Outcome outcome) {
    switch (outcome) {
      case Outcome.Answered answered -> progress.answered();
      case Outcome.NotDone not -> notDone.incrementAndGet();
      case Outcome.Unknown perhaps -> unknown.incrementAndGet();
    }
    return outcome;
  }

  private void tally(Random random) throws InterruptedException {
    String name = "t" + random.nextInt(TALLIES);
    if (random.nextInt(5) == 0) {
      look(name, random);
    } else {
      add(name, "", random);
    }
  }

  private void add(String name, String how, Random random) throws InterruptedException {
    TallyRecord told = tallies.computeIfAbsent(name, key -> new TallyRecord());
    MeshNode node = mesh.pick(random);
    long ticket = numbers.incrementAndGet();
    long begun = System.nanoTime();
    switch (count(node.post("/tallies/" + name + how, Map.of("number", ticket)))) {
      case Outcome.Answered(JsonNode body) ->
          told.added(ticket, body.path("value").asInt(), begun, System.nanoTime());
      case Outcome.NotDone not -> told.notDone(ticket);
      case Outcome.Unknown perhaps -> told.unknown(ticket);
    }
  }

  private void look(String name, Random random) throws InterruptedException {
    TallyRecord told = tallies.computeIfAbsent(name, key -> new TallyRecord());
    MeshNode node = mesh.pick(random);
    long begun = System.nanoTime();
    if (count(node.get("/tallies/" + name)) instanceof Outcome.Answered(JsonNode body)) {
      told.seen(tickets(body), begun, System.nanoTime());
    }
  }

  /**
   * Somebody adds slowly, and others look. If the owner is stopped meanwhile, they make its
   * successor load the tally; if the owner could still commit when it goes on, they would see less
   * than it has acknowledged.
   */
  private final class Slow {

    private final int number;
    private volatile int generation;

    Slow(int number) {
      this.number = number;
    }

    void add(Random random) throws InterruptedException {
      generation++;
      Workload.this.add(name(), "/slowly", random);
      look(random);
    }

    void look(Random random) throws InterruptedException {
      Workload.this.look(name(), random);
    }

    private String name() {
      return "s" + number + "-" + generation;
    }
  }

  private static List<Long> tickets(JsonNode body) {
    return body.path("numbers").valueStream().map(JsonNode::asLong).toList();
  }

  /** Callers of one register, who together take a new one when its history is long enough. */
  private final class Group {

    private final int number;
    private int generation;
    private int calls;

    Group(int number) {
      this.number = number;
    }

    synchronized String next() {
      if (++calls > HISTORY) {
        calls = 0;
        generation++;
      }
      return "r" + number + "-" + generation;
    }
  }

  private void register(Group group, Random random) throws InterruptedException {
    String name = group.next();
    History history = histories.computeIfAbsent(name, key -> new History());
    MeshNode node = mesh.pick(random);
    long begun = System.nanoTime();
    if (random.nextBoolean()) {
      long value = numbers.incrementAndGet();
      Outcome outcome = count(node.post("/registers/" + name, Map.of("value", value)));
      long ended = System.nanoTime();
      synchronized (history) {
        switch (outcome) {
          case Outcome.Answered answered -> history.written(value, begun, ended);
          case Outcome.NotDone not -> {} // so nobody may ever read this value
          case Outcome.Unknown perhaps -> history.perhapsWritten(value, begun);
        }
      }
    } else if (count(node.get("/registers/" + name)) instanceof Outcome.Answered(JsonNode body)) {
      long ended = System.nanoTime();
      synchronized (history) {
        history.read(body.path("value").asLong(), begun, ended);
      }
    }
  }

  Progress progress() {
    return progress;
  }

  /** Ends all calls. */
  void stop() throws InterruptedException {
    over = true;
    for (Thread caller : callers) {
      caller.join();
    }
  }

  /** What is wrong, in words; the mesh must be well. */
  List<String> judge(Random random) throws InterruptedException {
    List<String> wrong = new ArrayList<>();
    bugs.forEach(bug -> wrong.add("a caller ended: " + bug));
    Map<String, List<Long>> held = new HashMap<>();
    for (Map.Entry<String, TallyRecord> each : tallies.entrySet()) {
      List<Long> tickets = tickets(answer(mesh.pick(random).get("/tallies/" + each.getKey())));
      held.put(each.getKey(), tickets);
      each.getValue().compare(tickets).forEach(what -> wrong.add(each.getKey() + ": " + what));
    }
    wrong.addAll(effects(new EffectRecord(held), random).compare());
    for (Map.Entry<String, History> each : histories.entrySet()) {
      String path = "/registers/" + each.getKey();
      History history = each.getValue();
      long begun = System.nanoTime();
      long value = answer(mesh.pick(random).get(path)).path("value").asLong();
      history.read(value, begun, System.nanoTime());
      if (!history.isLinearizable()) {
        wrong.add(each.getKey() + " is not linearizable:\n" + history);
      }
    }
    return wrong;
  }

  /** Effects come some time after the answer; in the end all of them are there. */
  private EffectRecord effects(EffectRecord told, Random random) throws InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    do {
      for (int copy = 0; copy < ChaosNode.COPIES; copy++) {
        JsonNode all = answer(mesh.pick(random).get("/copies/c" + copy)).path("all");
        told.heard(
            copy,
            all.valueStream()
                .map(
                    heard ->
                        new Heard(heard.path("tally").asString(), heard.path("number").asLong()))
                .toList());
      }
    } while (told.effects() < told.tickets() && System.nanoTime() - end < 0);
    effects = told.effects();
    return told;
  }

  private static JsonNode answer(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Answered(JsonNode body) -> body;
      default -> throw new AssertionError("The mesh is well, but: " + outcome);
    };
  }

  @Override
  public String toString() {
    return "%,d calls answered, %,d not done, %,d unknown; %,d tickets in %d tallies, with %,d effects; %,d operations on %d registers"
        .formatted(
            progress.answers(),
            notDone.get(),
            unknown.get(),
            numbers.get(),
            tallies.size(),
            effects,
            histories.values().stream().mapToInt(History::size).sum(),
            histories.size());
  }

  @Override
  public void close() {
    over = true;
    callers.forEach(Thread::interrupt);
  }
}
