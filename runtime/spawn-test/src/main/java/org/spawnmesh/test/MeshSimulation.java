package org.spawnmesh.test;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.ActorDefinition;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.ActorType;
import org.spawnmesh.actor.Answer;
import org.spawnmesh.actor.Execution;
import org.spawnmesh.actor.Failure;
import org.spawnmesh.actor.FailureCode;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.actor.Kind;
import org.spawnmesh.actor.Once;
import org.spawnmesh.actor.Payload;
import org.spawnmesh.actor.ReminderOrder;
import org.spawnmesh.actor.Route;
import org.spawnmesh.cluster.Mesh;
import org.spawnmesh.cluster.MeshSettings;
import org.spawnmesh.host.HostCall;
import org.spawnmesh.host.HostReply;
import org.spawnmesh.runtime.NodeListener;
import org.spawnmesh.runtime.NodeSettings;
import org.spawnmesh.runtime.NodeStatus;
import org.spawnmesh.runtime.PassivationReason;
import org.spawnmesh.runtime.SpawnNode;
import org.spawnmesh.store.InMemoryStateStore;
import org.spawnmesh.store.Incarnation;
import org.spawnmesh.store.Snapshot;
import org.spawnmesh.store.View;
import org.spawnmesh.store.ViewConflictException;
import org.spawnmesh.test.FaultyStateStore.CommitFault;

/**
 * Some nodes, some actors, callers everywhere, and everything that can go wrong between them, on
 * one thread and from one seed. Each actor's state is the set of calls it applied, so what callers
 * were told can be compared with what is stored.
 *
 * <p>Checked at every step, at every answer, and at the end:
 *
 * <ul>
 *   <li><b>AcknowledgedIsDurable</b>: what was answered "ok" is stored when the answer leaves, and
 *       stays stored.
 *   <li><b>NotExecutedIsAbsent</b>: what was answered "did not take effect" is never stored.
 *   <li><b>AppliedOnce</b>: no call is applied twice.
 *   <li><b>MonotonicRevision</b>: a stored revision never goes back.
 *   <li><b>NoDirtyRead</b>: what a reader was shown is stored.
 *   <li><b>NoStaleReadWhileMember</b>: what a member shows misses nothing that was acknowledged
 *       before the reader asked; a fenced node can show less, but only within its lease.
 *   <li><b>SingleOwner</b>: no actor is in the memory of two members.
 *   <li><b>NoEffectWithoutCommit</b>, <b>ExactlyOnceEffect</b>: what an actor gets from another is
 *       stored there, and what is stored as sent is stored at its target, once.
 *   <li><b>KeyedCallAppliedOnce</b>: however often, wherever and whenever it is called under one
 *       key, it is applied once, and answered the same, also by another actor it is passed on to.
 *   <li><b>ReminderFiresByPolicy</b>: an actor is reminded at the planned times of its reminder,
 *       each once and in order, at all of them or without those that its policy leaves out, at none
 *       after it was cancelled or replaced, and at the last one in any case.
 *   <li><b>EveryCallAnswered</b>: nobody waits for ever.
 *   <li><b>WorksAgain</b>: when all faults are over, each node accepts calls, and through each of
 *       them each actor answers.
 * </ul>
 */
public final class MeshSimulation implements AutoCloseable {

  private static final Incarnation NOBODY = new Incarnation(0);
  private static final ActorType TYPE = new ActorType("sim", "Ledger");
  private static final String ADD = "add";
  private static final String READ = "read";

  /** Lets another actor answer, which applies the call. */
  private static final String PASS = "pass";

  private static final Duration LEASE = Duration.ofSeconds(2);
  private static final Duration SESSION = Duration.ofSeconds(3);
  private static final Duration TIMEOUT = Duration.ofSeconds(3);
  private static final MeshSettings MESH =
      MeshSettings.of("sim")
          .withPartitions(8)
          .withLease(LEASE)
          .withSilence(Duration.ofMillis(1_500))
          .withJoinPatience(Duration.ofSeconds(8))
          .withBatching(Duration.ofMillis(50));

  /** Longer than any deadline, retry and eviction. */
  private static final Duration LONG = Duration.ofSeconds(60);

  private final Random random;
  private final VirtualTimers time = new VirtualTimers();
  private final SeededExecutor executor;
  private final InMemoryStateStore stored = new InMemoryStateStore();
  private final SimulatedMembership service;
  private final SimulatedNetwork network;
  private final List<Place> places = new ArrayList<>();
  private final List<FaultyStateStore> stores = new ArrayList<>();
  private final List<ActorId> actors = new ArrayList<>();

  private final Map<ActorId, Set<String>> acknowledged = new HashMap<>();
  private final Map<ActorId, Set<String>> refused = new HashMap<>();
  private final Map<ActorId, Long> revisions = new HashMap<>();
  private final Map<String, Showing> showings = new HashMap<>();
  private final Map<Incarnation, Long> fencedAt = new HashMap<>();
  private final List<String> violations = new ArrayList<>();
  private final Map<String, Integer> outcomes = new HashMap<>();
  private final Mail mail = new Mail(stored, TYPE, actors, this::durable, violations::add);
  private final Appointments appointments;

  /** The first reply to each keyed call. */
  private final Map<String, String> replies = new HashMap<>();

  private final List<String> history = new ArrayList<>();
  private Set<Incarnation> members = Set.of();
  private long fencedView;

  /** When the coordination service knew of all views, and had forgotten none. */
  private long publishedAt;

  private long forgotAt = Long.MIN_VALUE;
  private SimulatedMembership.Copy copy;
  private int calls;

  /** Who ran a read, and when. */
  private record Showing(@Nullable Incarnation by, long at) {}

  /**
   * @param nodeCount how many nodes there are at most
   */
  public MeshSimulation(long seed, int nodeCount, int actorCount) {
    random = new Random(seed);
    appointments = new Appointments(random, violations::add);
    executor = new SeededExecutor(random);
    service =
        new SimulatedMembership(
            time, SESSION, () -> random.nextInt(4) == 0 ? null : millis(random.nextInt(200)));
    network =
        new SimulatedNetwork(
            time,
            () -> millis(random.nextInt(30)),
            () -> random.nextBoolean() ? null : millis(random.nextInt(4_000)));
    copy = service.copy();
    for (int i = 0; i < actorCount; i++) {
      ActorId actor = new ActorId(TYPE, "a" + i);
      actors.add(actor);
      acknowledged.put(actor, new HashSet<>());
      refused.put(actor, new HashSet<>());
    }
    for (int i = 0; i < nodeCount; i++) {
      places.add(new Place(i));
    }
  }

  private static Duration millis(long count) {
    return Duration.ofMillis(count);
  }

  // ---- nodes ----

  /** Where one node after the other runs. */
  private final class Place {

    private final int number;
    private Life life;

    Place(int number) {
      this.number = number;
      this.life = new Life(this, null);
    }

    @Override
    public String toString() {
      return "n" + number;
    }
  }

  /** One process. */
  private final class Life implements NodeListener {

    private final Place place;
    private final SimulatedProcess process = new SimulatedProcess(executor, time);
    private final SimulatedMembership.Client client = service.client(process, process);
    private final SimulatedNetwork.Station station;
    private final RecordingStore recorded = new RecordingStore(stored);
    private final FaultyStateStore store = new FaultyStateStore(recorded);
    private final InstantSource clock;
    private final SpawnNode node;
    private final Map<ActorId, Incarnation> active = new HashMap<>();
    private int unanswered;
    private boolean stopping;

    Life(Place place, @Nullable String address) {
      this.place = place;
      station = address == null ? network.station(process) : network.stationAt(address, process);
      stores.add(store);
      Duration skew = millis(random.nextInt(500));
      clock = () -> time.instant().plus(skew);
      node =
          SpawnNode.builder(store)
              .cluster(new Mesh(MESH, client, station, process, process))
              .settings(
                  NodeSettings.DEFAULTS
                      .withTimeout(TIMEOUT)
                      .withMailboxLimit(8)
                      .withBatchLimit(1 + random.nextInt(6))
                      .withWriters(2))
              .timers(process)
              .clock(clock)
              .turns(process)
              .writers(process)
              .random(random)
              .heapInUse(() -> 0)
              .listener(this)
              .build();
      node.register(
          ActorDefinition.of(
              TYPE,
              Kind.UNNAMED,
              b ->
                  b.stateful(true)
                      .actions(
                          ADD,
                          READ,
                          PASS,
                          Mail.SEND,
                          Mail.HEAR,
                          Appointments.PLAN,
                          Appointments.CANCEL,
                          Appointments.TICK)),
          this::act);
      start();
    }

    void start() {
      if (node.status() == NodeStatus.NEW) {
        node.starting().exceptionally(e -> null);
      }
    }

    boolean isUp() {
      return process.isRunning() && node.status() == NodeStatus.ACCEPTING;
    }

    boolean isDead() {
      return !process.isRunning() && !process.isPaused();
    }

    private HostReply act(HostCall call) {
      Set<String> applied = parse(call.state());
      String id = text(call.payload());
      if (call.action().equals(READ)) {
        showings.put(id, new Showing(recorded.last, time.nanoTime()));
        return HostReply.of(print(applied));
      }
      if (id.endsWith("!")) {
        throw new IllegalStateException("this call fails on purpose");
      }
      if (call.action().equals(Appointments.TICK)) {
        count("reminded");
        appointments.tick(call, id, applied, clock);
        return HostReply.of(Payload.NONE, print(applied));
      }
      if (call.action().equals(PASS)) {
        check(applied.add("~" + id), "AppliedOnce: ~%s twice in %s", id, call.actor());
        return HostReply.of(Payload.NONE, print(applied))
            .withRoute(new Route.Forward(passedTo(id), ADD));
      }
      check(applied.add(id), "AppliedOnce: %s twice in %s", id, call.actor());
      if (call.action().equals(Mail.HEAR)) {
        mail.heard(call, id);
      }
      List<ReminderOrder> orders = appointments.run(call, id, applied, clock);
      HostReply reply =
          HostReply.of(answer(id, applied.size()), print(applied)).withReminders(orders);
      return call.action().equals(Mail.SEND) ? mail.sending(id, reply) : reply;
    }

    @Override
    public void activated(ActorId actor) {
      // Who slips in between two lives is of neither: it shows nothing, and ends before the next.
      Incarnation mine = node.status() == NodeStatus.REJOINING ? NOBODY : recorded.last;
      active.put(actor, mine);
      for (Place other : places) {
        Incarnation theirs = other == place ? null : other.life.active.get(actor);
        check(
            theirs == null || !stored.isMember(theirs) || !stored.isMember(mine),
            "SingleOwner: %s is active at %s%s and %s%s",
            actor,
            place,
            mine,
            other,
            theirs);
      }
    }

    @Override
    public void passivated(ActorId actor, PassivationReason reason) {
      active.remove(actor);
      count("passivated " + reason);
    }

    void pause() {
      note("%s is paused", place);
      process.pause();
      station.silence(true);
    }

    void resume() {
      if (process.isPaused()) {
        note("%s is resumed", place);
        station.silence(false);
        process.resume();
        for (int i = random.nextInt(8); i > 0; i--) {
          call(this, anyActor()); // before it has found out what happened meanwhile
        }
      }
    }

    void kill() {
      note("%s is killed", place);
      process.kill();
      station.kill();
      if (random.nextBoolean()) {
        client.vanish();
      } else {
        client.kill();
      }
      active.clear();
      unanswered = 0;
    }

    void drain() {
      note("%s drains", place);
      stopping = true;
      node.draining();
    }
  }

  /** Remembers which incarnation it has registered. */
  private static final class RecordingStore extends ForwardingStore {

    private Incarnation last = new Incarnation(0);

    RecordingStore(InMemoryStateStore store) {
      super(store);
    }

    @Override
    public Incarnation register(String node, int writers) {
      last = super.register(node, writers);
      return last;
    }
  }

  private static Set<String> parse(@Nullable Payload state) {
    String text = state == null ? "" : text(state);
    return text.isEmpty()
        ? new LinkedHashSet<>()
        : new LinkedHashSet<>(Arrays.asList(text.split(",")));
  }

  private static String text(Payload payload) {
    return new String(payload.bytes(), StandardCharsets.UTF_8);
  }

  private static Payload print(Set<String> applied) {
    return Payload.of("set", String.join(",", applied).getBytes(StandardCharsets.UTF_8));
  }

  // ---- what happens ----

  /** Lets {@code count} things happen, faults among them; then ends the faults and settles. */
  public MeshSimulation run(int count) {
    settle(Duration.ofSeconds(2)); // some have joined
    for (int i = 0; i < count && violations.isEmpty(); i++) {
      step();
    }
    heal();
    return this;
  }

  private void step() {
    int dice = random.nextInt(1000);
    if (dice < 300) {
      call(anyOf(Life::isUp), anyActor());
    } else if (dice < 310) {
      Life at = anyOf(Life::isUp);
      ActorId crowded = anyActor();
      for (int i = 0; i < 12; i++) {
        call(at, crowded);
      }
    } else if (dice < 660) {
      for (int i = random.nextInt(16); i >= 0; i--) {
        executor.runOne();
      }
    } else if (dice < 840) {
      time.advance(millis(random.nextInt(20)));
    } else if (dice < 870) {
      time.advance(millis(random.nextInt(1_000)));
    } else if (dice < 880) {
      Life at = anyOf(Life::isUp);
      if (at != null) {
        at.node.repair().passivate(anyActor());
      }
    } else if (dice < 925) {
      ofStores();
    } else if (dice < 960) {
      ofNodes();
    } else if (dice < 980) {
      ofTheService();
    } else {
      ofTheNetwork();
    }
    look();
  }

  private void ofStores() {
    FaultyStateStore store = stores.get(random.nextInt(stores.size()));
    CommitFault fault = CommitFault.values()[random.nextInt(CommitFault.values().length)];
    int dice = random.nextInt(100);
    if (dice < 40) {
      places.get(random.nextInt(places.size())).life.store.failCommits(fault);
    } else if (dice < 50) {
      note("raises fail: %s", fault);
      places.forEach(place -> place.life.store.failRaises(fault));
    } else if (dice < 65) {
      store.land();
    } else if (dice < 69) {
      stores.forEach(one -> one.keepSilent(true));
    } else if (dice < 74) {
      note("a store goes away");
      places.get(random.nextInt(places.size())).life.store.goAway();
    } else {
      stores.forEach(MeshSimulation::heal);
    }
  }

  private static void heal(FaultyStateStore store) {
    store.comeBack();
    store.keepSilent(false);
    store.hideViews(false);
  }

  private void ofNodes() {
    int dice = random.nextInt(100);
    Life life = places.get(random.nextInt(places.size())).life;
    if (dice < 12) {
      if (places.stream().filter(place -> place.life.isUp()).count() > 1) {
        life.kill();
      }
    } else if (dice < 45) {
      again(life);
    } else if (dice < 60) {
      life.pause();
    } else if (dice < 82) {
      life.resume();
    } else if (dice < 87) {
      evict(life);
    } else if (dice < 94) {
      isolate(life);
    } else if (life.isUp()) {
      life.drain();
    }
  }

  /** It hears of nothing any more, and is evicted; callers still reach it, and it the store. */
  private void isolate(Life life) {
    note("%s is isolated", life.place);
    life.client.cut(true);
    life.store.hideViews(true);
    for (Place other : places) {
      if (other != life.place) {
        network.cut(life.station, other.life.station);
      }
    }
    evict(life);
  }

  /** Another process takes the place of one that is dead. */
  private void again(Life life) {
    if (life.process.isPaused()) {
      return;
    }
    boolean stopped = life.node.status() == NodeStatus.STOPPED;
    if (life.isDead() || stopped) {
      note("%s starts", life.place);
      if (stopped) {
        life.process.kill();
      }
      life.place.life = new Life(life.place, random.nextBoolean() ? life.station.address() : null);
    } else {
      life.start();
    }
  }

  /** A leader that nobody knows of takes this node for dead. */
  private void evict(Life life) {
    View view = stored.view();
    Incarnation suspect = life.recorded.last;
    if (!view.members().contains(suspect) || view.members().size() < 2) {
      return;
    }
    note("%s%s is evicted", life.place, suspect);
    Set<Incarnation> rest = new HashSet<>(view.members());
    rest.remove(suspect);
    String details =
        Arrays.stream(view.details().split("\n"))
            .filter(line -> !line.startsWith(suspect.number() + " "))
            .collect(Collectors.joining("\n"));
    try {
      stored.raise(view, rest, details);
    } catch (ViewConflictException e) {
      return; // somebody else was faster
    }
  }

  private void ofTheService() {
    Life life = places.get(random.nextInt(places.size())).life;
    switch (random.nextInt(9)) {
      case 0 -> {
        note("the service forgets everything");
        forgotAt = time.nanoTime();
        service.wipe();
      }
      case 1 -> copy = service.copy();
      case 2 -> {
        note("the service goes back");
        forgotAt = time.nanoTime();
        service.rewind(copy);
      }
      case 3 -> {
        note("the service is away");
        service.goAway();
      }
      case 4 -> {
        note("%s leads too", life.place);
        service.lead(life.client);
      }
      case 5 -> {
        note("%s is expired", life.place);
        life.client.expire();
      }
      case 6 -> {
        note("%s is cut off from the service", life.place);
        life.client.cut(true);
      }
      default -> healService();
    }
  }

  private void healService() {
    service.comeBack();
    service.lead(null);
    places.forEach(place -> place.life.client.cut(false));
  }

  private void ofTheNetwork() {
    SimulatedNetwork.Station one = places.get(random.nextInt(places.size())).life.station;
    SimulatedNetwork.Station other = places.get(random.nextInt(places.size())).life.station;
    if (one == other) {
      network.heal();
      return;
    }
    switch (random.nextInt(3)) {
      case 0 -> {
        note("%s and %s are cut", one.address(), other.address());
        network.cut(one, other);
      }
      case 1 -> network.breakConnections(one, other);
      default -> network.heal();
    }
  }

  private @Nullable Life anyOf(Predicate<Life> wanted) {
    List<Life> some =
        places.stream().map(place -> place.life).filter(wanted).collect(Collectors.toList());
    return some.isEmpty() ? null : some.get(random.nextInt(some.size()));
  }

  private ActorId anyActor() {
    return actors.get(random.nextInt(actors.size()));
  }

  // ---- calls ----

  private void call(@Nullable Life at, ActorId actor) {
    if (at == null) {
      return;
    }
    String id = calls++ + (random.nextInt(20) == 0 ? "!" : "");
    boolean read = random.nextInt(3) == 0;
    String change =
        switch (random.nextInt(30)) {
          case 0, 1 -> Appointments.PLAN;
          case 2 -> Appointments.CANCEL;
          case 3, 4, 5, 6, 7, 8, 9, 10, 11 -> Mail.SEND;
          default -> ADD;
        };
    if (!read && random.nextInt(4) == 0) {
      keyed(at, actor, random.nextInt(4) == 0 ? PASS : change, id, 1 + random.nextInt(3));
      return;
    }
    Set<String> known = Set.copyOf(of(acknowledged, actor));
    at.unanswered++;
    at.node
        .invoke(
            Invocation.ask(
                actor, read ? READ : change, Payload.of("id", id.getBytes(StandardCharsets.UTF_8))))
        .thenAccept(
            answer -> {
              if (!at.isDead()) {
                at.unanswered--;
                answered(actor, id, read, known, answer);
              }
            });
  }

  /** The same call under the same key, at any node and at any time. */
  private void keyed(@Nullable Life at, ActorId actor, String action, String id, int times) {
    if (at == null) {
      return;
    }
    at.unanswered++;
    at.node
        .invoke(
            Invocation.ask(actor, action, Payload.of("id", id.getBytes(StandardCharsets.UTF_8)))
                .withOnce(Once.key(id)))
        .thenAccept(
            answer -> {
              if (!at.isDead()) {
                at.unanswered--;
                keyedAnswer(action.equals(PASS) ? passedTo(id) : actor, id, answer);
              }
            });
    for (int i = 1; i < times; i++) {
      time.schedule(
          millis(random.nextInt(3_000)),
          () -> executor.execute(() -> keyed(anyOf(Life::isUp), actor, action, id, 1)));
    }
  }

  private void keyedAnswer(ActorId actor, String id, Answer answer) {
    if (answer instanceof Answer.Failed failed) {
      count("keyed " + failed.failure().code() + " " + failed.failure().execution());
      return;
    }
    count("keyed ok");
    String text = text(answer.orThrow());
    String before = replies.putIfAbsent(id, text);
    check(
        before == null || before.equals(text),
        "KeyedCallAppliedOnce: %s was answered %s, and then %s".formatted(id, before, text));
    of(acknowledged, actor).add(id);
  }

  /** One that is not the same if the call runs once more. */
  private static Payload answer(String id, int applied) {
    return Payload.of("text", (id + " as " + applied).getBytes(StandardCharsets.UTF_8));
  }

  /** Who answers a call that is passed on. */
  private ActorId passedTo(String id) {
    return actors.get(Math.floorMod(id.hashCode(), actors.size()));
  }

  private static Set<String> of(Map<ActorId, Set<String>> sets, ActorId actor) {
    return sets.computeIfAbsent(actor, a -> new HashSet<>());
  }

  private void answered(ActorId actor, String id, boolean read, Set<String> known, Answer answer) {
    switch (answer) {
      case Answer.Ok ok -> {
        count("ok");
        Set<String> durable = durable(actor);
        if (read) {
          Set<String> shown = parse(ok.payload());
          Set<String> missing = new HashSet<>(known);
          missing.removeAll(shown);
          if (!missing.isEmpty()) {
            stale(actor, id, missing);
          }
          shown.removeAll(durable);
          check(shown.isEmpty(), "NoDirtyRead: %s was shown %s", actor, shown);
        } else {
          check(durable.contains(id), "AcknowledgedIsDurable: %s is not in %s", id, actor);
          of(acknowledged, actor).add(id);
        }
      }
      case Answer.Failed failed -> {
        Failure failure = failed.failure();
        count(failure.code() + " " + failure.execution());
        boolean absent =
            failure.execution() == Execution.NOT_EXECUTED
                || failure.code() == FailureCode.ACTION_FAILED;
        if (absent && !read) {
          of(refused, actor).add(id);
        }
      }
    }
  }

  /** A read missed something: may it? */
  private void stale(ActorId actor, String id, Set<String> missing) {
    Showing showing = showings.get(id);
    Incarnation by = showing == null ? null : showing.by();
    Long fenced = by == null ? null : fencedAt.get(by);
    if (showing == null || fenced == null || showing.at() < fenced) {
      violations.add(
          "NoStaleReadWhileMember: %s was not shown %s by %s".formatted(actor, missing, by));
      return;
    }
    count("stale read");
    long limit = Math.max(fenced, publishedAt) + LEASE.toNanos();
    check(
        showing.at() <= limit || forgotAt >= fenced || service.copy().view() < fencedView,
        "NoStaleReadWhileMember: %s was not shown %s by %s, %d ms after its lease",
        actor,
        missing,
        by,
        (showing.at() - limit) / 1_000_000);
  }

  private void count(String outcome) {
    outcomes.merge(outcome, 1, Integer::sum);
  }

  // ---- what must hold ----

  private Set<String> durable(ActorId actor) {
    return parse(stored.load(actor).map(Snapshot::state).orElse(null));
  }

  private void look() {
    View view = stored.view();
    if (!view.members().equals(members)) {
      for (Incarnation former : members) {
        if (!view.members().contains(former)) {
          fencedAt.put(former, time.nanoTime());
          fencedView = view.number();
        }
      }
      members = view.members();
      note(
          "view %d: %s",
          view.number(),
          members.stream().sorted(Comparator.comparingLong(Incarnation::number)).toList());
    }
    if (service.copy().view() < fencedView) {
      publishedAt = time.nanoTime();
    }
    for (ActorId actor : actors) {
      long now = stored.load(actor).map(Snapshot::revision).orElse(0L);
      Long before = revisions.put(actor, now);
      check(
          before == null || before <= now,
          "MonotonicRevision: %s went from %s to %d",
          actor,
          before,
          now);
    }
  }

  private void check(boolean holds, String format, @Nullable Object... parts) {
    if (!holds) {
      String violation = format.formatted(parts); // only now: this is asked millions of times
      note("VIOLATED %s", violation);
      violations.add(violation);
    }
  }

  private void note(String format, Object... parts) {
    history.add("%7d ms  %s".formatted(time.nanoTime() / 1_000_000, format.formatted(parts)));
  }

  private void heal() {
    note("all faults are over");
    network.heal();
    healService();
    for (FaultyStateStore store : stores) {
      heal(store);
      store.clearFaults();
    }
    places.forEach(place -> place.life.resume());
    settle(LONG);
    stores.forEach(FaultyStateStore::land);
    places.forEach(place -> again(place.life));
    settle(LONG);
    for (int i = 0; i < 400 && !(mail.isDelivered() && isUpToDate()); i++) {
      settle(Duration.ofSeconds(1));
    }
    places.forEach(place -> again(place.life));
    settle(LONG);
    mail.check();
    actors.forEach(actor -> appointments.check(actor, durable(actor), time.instant()));
    for (Place place : places) {
      check(
          place.life.unanswered == 0,
          "EveryCallAnswered: %d calls at %s wait",
          place.life.unanswered,
          place);
      check(place.life.isUp(), "WorksAgain: %s is %s", place, place.life.node.status());
    }
    for (ActorId actor : actors) {
      Set<String> durable = durable(actor);
      Set<String> lost = new HashSet<>(of(acknowledged, actor));
      lost.removeAll(durable);
      check(lost.isEmpty(), "AcknowledgedIsDurable: %s lost %s", actor, lost);
      Set<String> ghosts = new HashSet<>(of(refused, actor));
      ghosts.retainAll(durable);
      check(ghosts.isEmpty(), "NotExecutedIsAbsent: %s has %s", actor, ghosts);
    }
    worksAgain();
  }

  private boolean isUpToDate() {
    return actors.stream()
        .allMatch(actor -> appointments.isUpToDate(durable(actor), time.instant()));
  }

  private void worksAgain() {
    Map<String, Answer> answers = new HashMap<>();
    for (Place place : places) {
      for (ActorId actor : actors) {
        String id = "last" + place + actor.name();
        place
            .life
            .node
            .invoke(
                Invocation.ask(actor, ADD, Payload.of("id", id.getBytes(StandardCharsets.UTF_8))))
            .thenAccept(answer -> answers.put(id, answer));
      }
    }
    settle(TIMEOUT.plusSeconds(1));
    for (Place place : places) {
      for (ActorId actor : actors) {
        Answer answer = answers.get("last" + place + actor.name());
        check(
            answer instanceof Answer.Ok, "WorksAgain: %s at %s answered %s", actor, place, answer);
      }
    }
  }

  /** Runs everything that is to run in this time. */
  private void settle(Duration duration) {
    for (long i = duration.toMillis() / 100; i > 0; i--) {
      executor.runAll();
      time.advance(millis(100));
      look();
    }
    executor.runAll();
  }

  // ---- for tests ----

  /** How often each outcome was answered: a simulation that never fails proves nothing. */
  public Map<String, Integer> outcomes() {
    return Map.copyOf(outcomes);
  }

  /** Invariants that did not hold, in the order in which it was noticed. */
  public List<String> violations() {
    return List.copyOf(violations);
  }

  /** What happened, for people. */
  public List<String> history() {
    return List.copyOf(history);
  }

  /** Ends the nodes; all actors must be able to sleep. */
  @Override
  public void close() {
    places.forEach(place -> place.life.node.draining());
    settle(Duration.ofSeconds(10));
  }
}
