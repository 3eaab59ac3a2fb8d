package org.spawnmesh.test;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.ActorDefinition;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.ActorType;
import org.spawnmesh.actor.Answer;
import org.spawnmesh.actor.Broadcast;
import org.spawnmesh.actor.ChannelDefinition;
import org.spawnmesh.actor.Effect;
import org.spawnmesh.actor.Execution;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.actor.Kind;
import org.spawnmesh.actor.Once;
import org.spawnmesh.actor.Payload;
import org.spawnmesh.actor.Route;
import org.spawnmesh.cluster.Standalone;
import org.spawnmesh.host.HostCall;
import org.spawnmesh.host.HostReply;
import org.spawnmesh.runtime.NodeSettings;
import org.spawnmesh.runtime.SpawnNode;
import org.spawnmesh.store.Agenda;
import org.spawnmesh.store.Commit;
import org.spawnmesh.store.InMemoryStateStore;
import org.spawnmesh.store.Snapshot;
import org.spawnmesh.store.StoreException;
import org.spawnmesh.store.WriterId;

/**
 * Some calls whose turns send effects, at once and later, broadcast or pass on, on one thread and
 * in virtual time, and always the same: each step between two tasks, and before and after whatever
 * is asked of the store, has a number. At some of them the process dies, and another one goes on
 * with what is stored.
 */
final class CrashWorld {

  private static final ActorType DOOR = new ActorType("sim", "Door");
  private static final ActorType BOARD = new ActorType("sim", "Board");
  private static final ActorType FIRST = new ActorType("sim", "First");
  private static final ActorType SECOND = new ActorType("sim", "Second");
  private static final int CALLS = 48;
  private static final Duration LONG = Duration.ofMinutes(15);

  /** The process has died; whoever catches it can do nothing more. */
  private static final class Killed extends Error {
    private static final long serialVersionUID = 1;
  }

  private final InMemoryStateStore stored = new InMemoryStateStore();
  private final VirtualTimers timers = new VirtualTimers();
  private final Deque<Runnable> tasks = new ArrayDeque<>();
  private final Deque<Integer> deaths = new ArrayDeque<>();
  private final List<String> points = new ArrayList<>();
  private final List<Runnable> late = new ArrayList<>();
  private final Map<Integer, String> answers = new HashMap<>();
  private final Set<Integer> notDone = new HashSet<>();
  private final Set<Integer> unanswered = new HashSet<>();
  private final List<String> problems = new ArrayList<>();
  private SimulatedProcess process;
  private SpawnNode node;
  private int asked;
  private int passed;
  private int lives;
  private int runs;

  /**
   * @param deaths at which step each life ends; those after them live on
   */
  CrashWorld(int... deaths) {
    for (int death : deaths) {
      this.deaths.add(death);
    }
    process = new SimulatedProcess(tasks::add, timers);
    node = begin();
  }

  private SpawnNode begin() {
    lives++;
    passed = 0;
    SpawnNode fresh =
        SpawnNode.builder(new Watched())
            .cluster(new Standalone("sim", Duration.ZERO))
            .settings(
                NodeSettings.DEFAULTS
                    .withTimeout(Duration.ofSeconds(20))
                    .withBatchLimit(2)
                    .withWriters(2))
            .timers(process)
            .clock(timers)
            .turns(process)
            .writers(process)
            .heapInUse(() -> 0)
            .build();
    fresh.register(
        ActorDefinition.of(DOOR, Kind.UNNAMED, b -> b.stateful(true).actions("pass")),
        call ->
            HostReply.of(Payload.NONE, more(call))
                .withRoute(new Route.Forward(first(number(call.payload())), "take")));
    fresh.register(
        ActorDefinition.of(FIRST, Kind.UNNAMED, b -> b.stateful(true).actions("take")), this::take);
    fresh.register(
        ActorDefinition.of(
            BOARD,
            Kind.NAMED,
            b ->
                b.stateful(true)
                    .actions("hear")
                    .channels(List.of(new ChannelDefinition("numbers", "hear")))),
        call -> HostReply.of(Payload.NONE, more(call)));
    fresh.register(
        ActorDefinition.of(SECOND, Kind.UNNAMED, b -> b.stateful(true).actions("hear")),
        call -> HostReply.of(Payload.NONE, more(call)));
    fresh.start();
    return fresh;
  }

  // ---- steps ----

  /** The process gets here, unless it is dead, or dies just now. */
  private void reach(String step) {
    if (!process.isRunning()) {
      throw new Killed();
    }
    if (lives == 1) {
      points.add(step);
    }
    Integer death = deaths.peek();
    if (death != null && death == passed) {
      deaths.remove();
      process.kill();
      throw new Killed();
    }
    passed++;
  }

  /** The store, as one process sees it. */
  private final class Watched extends ForwardingStore {

    Watched() {
      super(stored);
    }

    @Override
    public boolean isVolatile() {
      return false;
    }

    @Override
    public Optional<Snapshot> load(ActorId actor) {
      reach("before load " + actor.type().name());
      return super.load(actor);
    }

    @Override
    public Agenda agenda() {
      reach("before agenda");
      return super.agenda();
    }

    @Override
    public Fate resolve(WriterId writer, long batch) {
      reach("before resolve");
      return super.resolve(writer, batch);
    }

    @Override
    public void commit(Commit commit) {
      String what = " commit of " + contents(commit);
      reach("before" + what);
      late.add(() -> stored.commit(commit));
      reach("during" + what); // it reaches the store when the next process runs
      late.removeLast();
      super.commit(commit);
      reach("after" + what);
    }
  }

  private static String contents(Commit commit) {
    return Stream.of(
            commit.changes().stream().map(change -> change.next().actor().type().name()),
            commit.changes().stream()
                .flatMap(change -> change.enclosure().reminders().stream().map(r -> "reminder")),
            commit.upkeep().delivered().stream().map(key -> "delivered"))
        .flatMap(parts -> parts)
        .distinct()
        .sorted()
        .collect(Collectors.joining(" "));
  }

  // ---- actors and calls ----

  /** An answer that is another one if the call runs once more. */
  private HostReply take(HostCall call) {
    int number = number(call.payload());
    Effect effect = Effect.of(second(number), "hear", call.payload());
    Effect sent =
        number % 4 == 3
            ? new Effect(
                effect.actor(), "hear", call.payload(), Map.of(), Duration.ofMillis(700), true)
            : effect;
    HostReply reply =
        HostReply.of(payload(number + " in run " + ++runs), more(call)).withEffects(List.of(sent));
    return isAnnounced(number)
        ? reply.withBroadcast(new Broadcast("numbers", "", call.payload()).lasting())
        : reply;
  }

  private static boolean isAnnounced(int number) {
    return number % 5 == 0;
  }

  private static Payload more(HostCall call) {
    String number = text(call.payload());
    return payload(call.state() == null ? number : text(call.state()) + "," + number);
  }

  private static Payload payload(String text) {
    return Payload.of("text", text.getBytes(StandardCharsets.UTF_8));
  }

  private static String text(Payload payload) {
    return new String(payload.bytes(), StandardCharsets.UTF_8);
  }

  private static int number(Payload payload) {
    return Integer.parseInt(text(payload));
  }

  private static ActorId first(int number) {
    return new ActorId(FIRST, "f" + number % 3);
  }

  private static ActorId second(int number) {
    return new ActorId(SECOND, "s" + number % 2);
  }

  private static boolean hasKey(int number) {
    return number % 2 == 0;
  }

  /** Some of those with a key come by the door, which lets them through. */
  private static boolean comesByTheDoor(int number) {
    return number % 6 == 0;
  }

  private void call(int number) {
    SimulatedProcess asked = process;
    unanswered.add(number);
    Payload payload = payload(Integer.toString(number));
    node.invoke(
            (comesByTheDoor(number)
                    ? Invocation.ask(new ActorId(DOOR, "d0"), "pass", payload)
                    : Invocation.ask(first(number), "take", payload))
                .withOnce(hasKey(number) ? Once.key("k" + number) : null))
        .thenAccept(
            answer -> {
              if (asked.isRunning()) {
                unanswered.remove(number);
                answered(number, answer);
              }
            });
  }

  private void answered(int number, Answer answer) {
    switch (answer) {
      case Answer.Ok ok -> {
        String text = text(ok.payload());
        String before = answers.putIfAbsent(number, text);
        if (before != null && !before.equals(text)) {
          problems.add("%d was answered '%s', and then '%s'".formatted(number, before, text));
        }
      }
      case Answer.Failed failed -> {
        if (failed.failure().execution() == Execution.NOT_EXECUTED) {
          notDone.add(number);
        }
      }
    }
  }

  // ---- what happens ----

  /** Everything, to the end. */
  CrashWorld run() {
    settle();
    repeat();
    check();
    return this;
  }

  /** Each call with a key comes once more, and until it is answered. */
  private void repeat() {
    for (int number = 0; number < CALLS; number++) {
      if (hasKey(number)) {
        call(number);
      }
    }
    settle();
    for (int i = 0; i < 5 && !unanswered.isEmpty(); i++) {
      List<Integer> again = List.copyOf(unanswered);
      unanswered.clear();
      again.stream().filter(CrashWorld::hasKey).forEach(this::call);
      settle();
    }
  }

  /** Until nothing is left to do, in as many lives as it takes. */
  private void settle() {
    long end = timers.nanoTime() + LONG.toNanos();
    while (timers.nanoTime() < end) {
      if (!process.isRunning()) {
        tasks.clear();
        stored.breakStandaloneLock();
        process = new SimulatedProcess(tasks::add, timers);
        node = begin();
        land();
      }
      Runnable task = tasks.poll();
      if (task == null) {
        if (asked < CALLS) {
          call(asked++);
          call(asked++);
          continue;
        }
        if (isQuiet()) {
          return;
        }
        timers.advanceToNext();
        continue;
      }
      try {
        reach("before a task");
        task.run();
      } catch (Killed e) {
        continue; // the next life begins
      }
    }
  }

  /** What was on its way to the store when its sender died. */
  private void land() {
    for (Runnable commit : late) {
      try {
        commit.run();
        problems.add("a process that was replaced has committed");
      } catch (StoreException e) {
        continue; // it is fenced
      }
    }
    late.clear();
  }

  private boolean isQuiet() {
    return (unanswered.isEmpty() || lives > 1)
        && stored.agenda().senders(FIRST, "", 1).isEmpty()
        && stored.agenda().reminders(SECOND, "", null, 1).isEmpty();
  }

  private void check() {
    Map<Integer, Integer> taken = numbers(FIRST, 3);
    Map<Integer, Integer> heard = numbers(SECOND, 2);
    Map<Integer, Integer> announced = numbers(List.of(new ActorId(BOARD, "Board")));
    announced.forEach((number, times) -> once(times, "%d was announced %d times", number));
    Set<Integer> toBeAnnounced = new HashSet<>(taken.keySet());
    toBeAnnounced.removeIf(number -> !isAnnounced(number));
    if (!announced.keySet().equals(toBeAnnounced)) {
      problems.add("announced were %s of %s".formatted(announced.keySet(), toBeAnnounced));
    }
    Map<Integer, Integer> passed = numbers(DOOR, 1);
    passed.forEach((number, times) -> once(times, "%d was let through %d times", number));
    taken.forEach((number, times) -> once(times, "%d was taken %d times", number));
    heard.forEach((number, times) -> once(times, "%d has %d effects", number));
    if (!taken.keySet().equals(heard.keySet())) {
      problems.add("taken were %s, and heard %s".formatted(taken.keySet(), heard.keySet()));
    }
    for (int number = 0; number < CALLS; number++) {
      if ((answers.containsKey(number) || hasKey(number)) && !taken.containsKey(number)) {
        problems.add(number + " is lost");
      }
      if (!hasKey(number) && notDone.contains(number) && taken.containsKey(number)) {
        problems.add(number + " is there, though its caller heard that it is not");
      }
    }
    if (stored.agenda().countDeadLetters(FIRST) > 0) {
      problems.add("there are dead letters");
    }
  }

  private void once(int times, String format, int number) {
    if (times != 1) {
      problems.add(format.formatted(number, times));
    }
  }

  private Map<Integer, Integer> numbers(ActorType type, int actors) {
    String letter = type.name().substring(0, 1).toLowerCase(Locale.ROOT);
    return numbers(
        IntStream.range(0, actors).mapToObj(i -> new ActorId(type, letter + i)).toList());
  }

  private Map<Integer, Integer> numbers(List<ActorId> actors) {
    Map<Integer, Integer> numbers = new TreeMap<>();
    for (ActorId actor : actors) {
      @Nullable Payload state = stored.load(actor).map(Snapshot::state).orElse(null);
      if (state != null) {
        for (String number : text(state).split(",")) {
          numbers.merge(Integer.valueOf(number), 1, Integer::sum);
        }
      }
    }
    return numbers;
  }

  /** What the first life did, step by step. */
  List<String> points() {
    return List.copyOf(points);
  }

  int lives() {
    return lives;
  }

  /** What is wrong, in words. */
  List<String> problems() {
    return List.copyOf(problems);
  }
}
