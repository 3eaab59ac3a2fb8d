package org.spawnmesh.test;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.ActorDefinition;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.ActorType;
import org.spawnmesh.actor.Answer;
import org.spawnmesh.actor.CatchUp;
import org.spawnmesh.actor.Effect;
import org.spawnmesh.actor.Failure;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.actor.Kind;
import org.spawnmesh.actor.Payload;
import org.spawnmesh.actor.ReminderOrder;
import org.spawnmesh.actor.Timing;
import org.spawnmesh.cluster.Cluster;
import org.spawnmesh.cluster.LocalNode;
import org.spawnmesh.cluster.Placement;
import org.spawnmesh.cluster.Standalone;
import org.spawnmesh.host.HostCall;
import org.spawnmesh.host.HostReply;
import org.spawnmesh.runtime.NodeListener;
import org.spawnmesh.runtime.NodeSettings;
import org.spawnmesh.runtime.SpawnNode;
import org.spawnmesh.store.Agenda;
import org.spawnmesh.store.Alarm;
import org.spawnmesh.store.InMemoryStateStore;
import org.spawnmesh.store.Incarnation;
import org.spawnmesh.store.Ledger;
import org.spawnmesh.store.Reminder;
import org.spawnmesh.store.Snapshot;
import org.spawnmesh.store.StateStore;

/**
 * One node after the other on one thread and one store, in virtual time from 2030 on. Its actors
 * keep the planned times at which they were reminded as their state.
 */
final class ReminderWorld implements AutoCloseable {

  static final Instant BEGIN = Instant.parse("2030-01-01T00:00:00Z");

  final VirtualTimers timers = new VirtualTimers();
  final InMemoryStateStore stored = new InMemoryStateStore();
  final FaultyStateStore store = new FaultyStateStore(stored);
  final List<String> failed = new ArrayList<>();
  final List<Failure> unheard = new ArrayList<>();

  /** How long after its planned time each reminder came. */
  final List<Duration> late = new ArrayList<>();

  private final Deque<Runnable> tasks = new ArrayDeque<>();
  private final Consumer<ActorDefinition.Builder> parts;
  private final UnaryOperator<NodeSettings> settings;
  private SimulatedProcess process = new SimulatedProcess(tasks::add, timers);
  SpawnNode node;

  /** The next one who looks for due reminders finds this one. */
  @Nullable Reminder stale;

  ReminderWorld() {
    this(b -> {}, UnaryOperator.identity());
  }

  ReminderWorld(Consumer<ActorDefinition.Builder> parts, UnaryOperator<NodeSettings> settings) {
    this.parts = parts;
    this.settings = settings;
    this.node = startNode();
  }

  private SpawnNode startNode() {
    SpawnNode fresh =
        SpawnNode.builder(slowReader())
            .cluster(new Alone())
            .settings(
                settings.apply(
                    NodeSettings.DEFAULTS
                        .withIdleTimeout(Duration.ofDays(1000))
                        .withMemoryPressure(1)))
            .timers(process)
            .clock(timers)
            .turns(process)
            .writers(process)
            .heapInUse(() -> 0)
            .listener(new Ears())
            .build();
    for (Kind kind : List.of(Kind.UNNAMED, Kind.NAMED)) {
      fresh.register(
          ActorDefinition.of(
              new ActorType("sim", kind == Kind.NAMED ? "Only" : "Clerk"),
              kind,
              b -> {
                b.stateful(true)
                    .actions(
                        "note", "fail", "set", "every", "cron", "once", "cancel", "read", "count",
                        "send");
                parts.accept(b);
              }),
          this::act);
    }
    fresh.start();
    return fresh;
  }

  /** Reads due reminders as they were some time ago, if it is told to. */
  private StateStore slowReader() {
    return through(
        StateStore.class,
        store,
        (name, result) ->
            name.equals("agenda")
                ? through(
                    Agenda.class,
                    (Agenda) result,
                    (read, found) -> read.equals("alarms") && stale != null ? takeStale() : found)
                : result);
  }

  private List<Alarm> takeStale() {
    List<Alarm> found = List.of(Alarm.of(Objects.requireNonNull(stale)));
    stale = null;
    return found;
  }

  /** The same, but for what its methods give. */
  private static <T> T through(Class<T> type, T target, BiFunction<String, Object, Object> answer) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> {
              try {
                return answer.apply(method.getName(), method.invoke(target, arguments));
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            }));
  }

  /** Nobody takes the store away from this node while it runs. */
  private static final class Alone implements Cluster {

    private final Standalone standalone = new Standalone("reminders", Duration.ZERO);

    @Override
    public CompletionStage<Incarnation> join(Ledger ledger, int writers, LocalNode local) {
      return standalone.join(ledger, writers, local);
    }

    @Override
    public Placement placement(Invocation invocation) {
      return standalone.placement(invocation);
    }

    @Override
    public boolean isJoined() {
      return standalone.isJoined();
    }

    @Override
    public Duration checkInterval() {
      return Duration.ofDays(1);
    }

    @Override
    public void leave() {
      standalone.leave();
    }
  }

  private final class Ears implements NodeListener {

    @Override
    public void reminded(Reminder reminder, Duration after) {
      late.add(after);
    }

    @Override
    public void reminderFailed(Reminder reminder, Failure failure) {
      failed.add(reminder.actor().name() + " " + reminder.name());
    }

    @Override
    public void unheardFailure(Invocation invocation, Failure failure) {
      unheard.add(failure);
    }
  }

  private HostReply act(HostCall call) {
    String argument = text(call.payload());
    String[] words = argument.split("\\|");
    Timing when =
        switch (call.action()) {
          case "every" -> Timing.every(Duration.parse(words[1]));
          case "cron" -> Timing.cron(words[1], words.length > 3 ? words[3] : "UTC");
          case "once" -> Timing.once(Instant.parse(words[1]));
          case "set" -> Timing.after(Duration.parse(words[1]));
          default -> null;
        };
    if (when != null) {
      CatchUp catchUp = CatchUp.parse(words.length > 2 ? words[2] : "ONE");
      return HostReply.of(Payload.NONE)
          .withReminders(
              List.of(new ReminderOrder.Set(words[0], when, catchUp, action(words), Payload.NONE)));
    }
    return switch (call.action()) {
      case "cancel" ->
          HostReply.of(Payload.NONE).withReminders(List.of(new ReminderOrder.Cancel(argument)));
      case "send" ->
          HostReply.of(Payload.NONE)
              .withEffects(
                  List.of(
                      new Effect(
                          clerk(words[0]),
                          "note",
                          Payload.NONE,
                          Map.of(),
                          Duration.parse(words[1]))));
      case "fail" -> throw new IllegalStateException("out of ink");
      case "note" -> {
        String planned = call.metadata().getOrDefault("spawn-reminder-planned", "asked");
        String before = call.state() == null ? "" : text(call.state()) + " ";
        yield HostReply.of(Payload.NONE, payload(before + planned));
      }
      case "count" -> HostReply.of(Payload.NONE, payload(Long.toString(1 + number(call.state()))));
      default -> HostReply.of(call.state() == null ? Payload.NONE : call.state());
    };
  }

  /** The reminder's name is what it runs, if there is such an action. */
  private static String action(String[] words) {
    return words.length > 3 && words[3].equals("unknown")
        ? "unknown"
        : words[0].equals("fail") || words[0].equals("count") ? words[0] : "note";
  }

  static String text(Payload payload) {
    return new String(payload.bytes(), StandardCharsets.UTF_8);
  }

  static Payload payload(String text) {
    return Payload.of("text", text.getBytes(StandardCharsets.UTF_8));
  }

  static ActorId clerk(String name) {
    return ActorId.of("sim", "Clerk", name);
  }

  /** Does not wait for an answer. */
  void send(String name, String action, String argument) {
    node.invoke(Invocation.ask(clerk(name), action, payload(argument)));
    runAll();
  }

  Answer ask(String name, String action, String argument) {
    return ask(Invocation.ask(clerk(name), action, payload(argument)));
  }

  Answer ask(Invocation invocation) {
    List<Answer> answers = new ArrayList<>();
    node.invoke(invocation).thenAccept(answers::add);
    runAll();
    return answers.getFirst();
  }

  /** The planned times that this actor has kept, as they are stored. */
  List<Instant> kept(ActorId actor) {
    @Nullable Payload state = stored.load(actor).map(Snapshot::state).orElse(null);
    return state == null
        ? List.of()
        : List.of(text(state).split(" ")).stream().map(Instant::parse).toList();
  }

  private static long number(@Nullable Payload state) {
    return state == null ? 0 : Long.parseLong(text(state));
  }

  long count(String name) {
    return number(stored.load(clerk(name)).map(Snapshot::state).orElse(null));
  }

  List<Instant> kept(String name) {
    return kept(clerk(name));
  }

  Optional<Instant> due(String name, String reminder) {
    return stored.agenda().reminder(clerk(name), reminder).map(Reminder::due);
  }

  void runAll() {
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      task.run();
    }
  }

  /** Lets time pass, and everything happen that it brings. */
  void advance(Duration by) {
    boolean[] over = {false};
    runAll();
    timers.schedule(by, () -> over[0] = true);
    while (!over[0]) {
      timers.advanceToNext();
      runAll();
    }
  }

  void advanceTo(String time) {
    advance(Duration.between(timers.instant(), Instant.parse(time)));
  }

  /** The process dies; the store stays. */
  void crash() {
    process.kill();
    tasks.clear();
    stored.breakStandaloneLock();
  }

  void restart() {
    process = new SimulatedProcess(tasks::add, timers);
    node = startNode();
    runAll();
  }

  @Override
  public void close() {
    process.kill();
    tasks.clear();
  }
}
