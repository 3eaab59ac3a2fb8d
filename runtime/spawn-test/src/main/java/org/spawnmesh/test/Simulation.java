package org.spawnmesh.test;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
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
import org.spawnmesh.cluster.Standalone;
import org.spawnmesh.host.HostCall;
import org.spawnmesh.host.HostReply;
import org.spawnmesh.runtime.NodeSettings;
import org.spawnmesh.runtime.NodeStatus;
import org.spawnmesh.runtime.SpawnNode;
import org.spawnmesh.store.Cause;
import org.spawnmesh.store.Change;
import org.spawnmesh.store.Commit;
import org.spawnmesh.store.InMemoryStateStore;
import org.spawnmesh.store.Incarnation;
import org.spawnmesh.store.Snapshot;
import org.spawnmesh.store.WriterId;
import org.spawnmesh.test.FaultyStateStore.CommitFault;

/**
 * One node, some actors, some callers, and everything that can go wrong, on one thread and from one
 * seed. Each actor's state is the set of calls it applied, so what callers were told can be
 * compared with what is stored.
 *
 * <p>Checked at every answer and at the end:
 *
 * <ul>
 *   <li><b>AcknowledgedIsDurable</b>: what was answered "ok" is stored when the answer leaves.
 *   <li><b>NotExecutedIsAbsent</b>: what was answered "did not take effect" is never stored.
 *   <li><b>NoDirtyRead</b>: what a reader was shown is stored.
 *   <li><b>NoStaleRead</b>: what was acknowledged when a reader asked the member is shown to it.
 *   <li><b>AppliedOnce</b>: no call is applied twice.
 *   <li><b>NoEffectWithoutCommit</b>: what an actor gets from another, the other has stored.
 *   <li><b>ExactlyOnceEffect</b>: what an actor has stored that it sent is stored at its target,
 *       once.
 *   <li><b>KeyedCallAppliedOnce</b>: however often it is called under one key, it is applied once,
 *       and answered the same.
 *   <li><b>MonotonicRevision</b>: a stored revision never goes back.
 *   <li><b>EveryCallAnswered</b>: nobody waits for ever.
 *   <li><b>WorksAgain</b>: when all faults are over, a call to each actor succeeds.
 * </ul>
 */
public final class Simulation implements AutoCloseable {

  private static final ActorType TYPE = new ActorType("sim", "Ledger");
  private static final String ADD = "add";
  private static final String READ = "read";

  /** As {@link #READ}, but answered by the engine. */
  private static final String GET = "get";

  private final Random random;
  private final SeededExecutor executor;
  private final InMemoryStateStore stored = new InMemoryStateStore();
  private final FaultyStateStore store = new FaultyStateStore(stored);
  private final List<ActorId> actors = new ArrayList<>();
  private final Map<ActorId, Set<String>> acknowledged = new HashMap<>();
  private final Map<ActorId, Set<String>> refused = new HashMap<>();
  private final Map<ActorId, Long> revisions = new HashMap<>();
  private final List<String> violations = new ArrayList<>();
  private final Mail mail = new Mail(stored, TYPE, actors, this::durable, violations::add);
  private final Map<String, Integer> outcomes = new HashMap<>();

  /** The first reply to each keyed call. */
  private final Map<String, String> replies = new HashMap<>();

  private @Nullable OtherNode other;
  private VirtualTimers timers = new VirtualTimers();
  private SpawnNode node;
  private int life;
  private int unanswered;
  private int calls;

  public Simulation(long seed, int actorCount) {
    random = new Random(seed);
    executor = new SeededExecutor(random);
    for (int i = 0; i < actorCount; i++) {
      ActorId actor = new ActorId(TYPE, "a" + i);
      actors.add(actor);
      acknowledged.put(actor, new HashSet<>());
      refused.put(actor, new HashSet<>());
    }
    node = startNode();
  }

  private SpawnNode startNode() {
    SpawnNode fresh =
        SpawnNode.builder(store)
            .cluster(new Standalone("sim", Duration.ZERO))
            .settings(
                NodeSettings.DEFAULTS
                    .withTimeout(Duration.ofSeconds(2))
                    .withMailboxLimit(8)
                    .withBatchLimit(1 + random.nextInt(6))
                    .withWriters(2))
            .timers(timers)
            .clock(timers)
            .turns(executor)
            .writers(executor)
            .random(random)
            .heapInUse(() -> 0)
            .build();
    fresh.register(
        ActorDefinition.of(
            TYPE, Kind.UNNAMED, b -> b.stateful(true).actions(ADD, READ, Mail.SEND, Mail.HEAR)),
        this::act);
    fresh.start();
    life++;
    unanswered = 0;
    return fresh;
  }

  private HostReply act(HostCall call) {
    Set<String> applied = parse(call.state());
    if (call.action().equals(READ)) {
      return HostReply.of(print(applied));
    }
    String id = new String(call.payload().bytes(), StandardCharsets.UTF_8);
    if (id.endsWith("!")) {
      throw new IllegalStateException("this call fails on purpose");
    }
    if (!applied.add(id)) {
      violations.add("AppliedOnce: %s twice in %s".formatted(id, call.actor()));
    }
    if (call.action().equals(Mail.HEAR)) {
      mail.heard(call, id);
      count("heard");
    }
    // an answer that is not the same when the call runs once more
    HostReply reply =
        HostReply.of(
            Payload.of("text", (id + " as " + applied.size()).getBytes(StandardCharsets.UTF_8)),
            print(applied));
    return call.action().equals(Mail.SEND) ? mail.sending(id, reply) : reply;
  }

  private static Set<String> parse(@Nullable Payload state) {
    String text = state == null ? "" : new String(state.bytes(), StandardCharsets.UTF_8);
    return text.isEmpty()
        ? new LinkedHashSet<>()
        : new LinkedHashSet<>(Arrays.asList(text.split(",")));
  }

  private static Payload print(Set<String> applied) {
    return Payload.of("set", String.join(",", applied).getBytes(StandardCharsets.UTF_8));
  }

  /** Lets {@code count} things happen, faults among them; then ends the faults and settles. */
  public Simulation run(int count) {
    for (int i = 0; i < count; i++) {
      step();
    }
    heal();
    return this;
  }

  private void step() {
    int dice = random.nextInt(1000);
    if (dice < 250) {
      call(anyActor());
    } else if (dice < 256) {
      ActorId crowded = anyActor();
      for (int i = 0; i < 12; i++) {
        call(crowded);
      }
    } else if (dice < 880) {
      executor.runOne();
    } else if (dice < 917) {
      timers.advance(Duration.ofMillis(random.nextInt(300)));
    } else if (dice < 920) {
      timers.advance(Duration.ofMillis(2_500));
    } else if (dice < 950) {
      node.repair().passivate(anyActor());
    } else if (dice < 965) {
      store.failCommits(CommitFault.values()[random.nextInt(CommitFault.values().length)]);
    } else if (dice < 972) {
      store.land();
    } else if (dice < 974) {
      store.goAway();
    } else if (dice < 994) {
      store.comeBack();
    } else if (dice < 997) {
      fenceFromOutside();
    } else if (dice < 998) {
      if (other != null) {
        other.write(anyActor());
      }
    } else {
      crash();
    }
    checkRevisions();
  }

  private ActorId anyActor() {
    return actors.get(random.nextInt(actors.size()));
  }

  private void call(ActorId actor) {
    String id = life + "." + calls++ + (random.nextInt(20) == 0 ? "!" : "");
    String action =
        switch (random.nextInt(8)) {
          case 0 -> READ;
          case 1 -> GET;
          case 2, 3, 4 -> Mail.SEND;
          default -> ADD;
        };
    boolean read = action.equals(READ) || action.equals(GET);
    if (!read && random.nextInt(4) == 0) {
      keyed(actor, action, id, 1 + random.nextInt(3));
      return;
    }
    Invocation invocation =
        Invocation.ask(actor, action, Payload.of("id", id.getBytes(StandardCharsets.UTF_8)));
    int caller = life;
    // a fenced node that does not know it yet may answer from its memory
    Set<String> known =
        read && other != null && other.isMember()
            ? Set.of()
            : Set.copyOf(acknowledged.getOrDefault(actor, Set.of()));
    unanswered++;
    node.invoke(invocation)
        .thenAccept(
            answer -> {
              if (caller == life) {
                unanswered--;
                answered(actor, id, read, known, answer);
              }
            });
  }

  /** Calls under a key until it is answered, and then sometimes once more. */
  private void keyed(ActorId actor, String action, String id, int times) {
    Invocation invocation =
        Invocation.ask(actor, action, Payload.of("id", id.getBytes(StandardCharsets.UTF_8)))
            .withOnce(Once.key("k" + id));
    int caller = life;
    unanswered++;
    node.invoke(invocation)
        .thenAccept(
            answer -> {
              if (caller == life) {
                unanswered--;
                keyedAnswer(actor, id, answer);
              }
            });
    for (int i = 1; i < times; i++) {
      timers.schedule(
          Duration.ofMillis(random.nextInt(500)),
          () -> executor.execute(() -> keyed(actor, action, id, 1)));
    }
  }

  private void keyedAnswer(ActorId actor, String id, Answer answer) {
    if (answer instanceof Answer.Failed failed) {
      count("keyed " + failed.failure().code() + " " + failed.failure().execution());
      boolean kept = failed.failure().code() == FailureCode.ACTION_FAILED;
      check(!kept || id.endsWith("!"), "KeyedCallAppliedOnce: %s failed otherwise".formatted(id));
      return;
    }
    count("keyed ok");
    String text = new String(answer.orThrow().bytes(), StandardCharsets.UTF_8);
    String before = replies.putIfAbsent(id, text);
    check(
        before == null || before.equals(text),
        "KeyedCallAppliedOnce: %s was answered %s, and then %s".formatted(id, before, text));
    check(
        durable(actor).contains(id), "AcknowledgedIsDurable: %s is not in %s".formatted(id, actor));
    acknowledged.getOrDefault(actor, Set.of()).add(id);
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
          check(missing.isEmpty(), "NoStaleRead: %s was not shown %s".formatted(actor, missing));
          shown.removeAll(durable);
          check(shown.isEmpty(), "NoDirtyRead: %s was shown %s".formatted(actor, shown));
        } else {
          check(
              durable.contains(id), "AcknowledgedIsDurable: %s is not in %s".formatted(id, actor));
          acknowledged.getOrDefault(actor, Set.of()).add(id);
        }
      }
      case Answer.Failed failed -> {
        Failure failure = failed.failure();
        count(failure.code() + " " + failure.execution());
        boolean absent =
            failure.execution() == Execution.NOT_EXECUTED
                || failure.code() == FailureCode.ACTION_FAILED;
        if (absent && !read) {
          refused.getOrDefault(actor, Set.of()).add(id);
        }
      }
    }
  }

  private void count(String outcome) {
    outcomes.merge(outcome, 1, Integer::sum);
  }

  private Set<String> durable(ActorId actor) {
    return parse(stored.load(actor).map(Snapshot::state).orElse(null));
  }

  private void checkRevisions() {
    for (ActorId actor : actors) {
      long now = stored.load(actor).map(Snapshot::revision).orElse(0L);
      Long before = revisions.put(actor, now);
      check(
          before == null || before <= now,
          "MonotonicRevision: %s went from %s to %d".formatted(actor, before, now));
    }
  }

  private void check(boolean holds, String violation) {
    if (!holds) {
      violations.add(violation);
    }
  }

  /**
   * Somebody raises a view without this node, as a leader does that takes it for dead, and changes
   * some actors before this node has found out.
   */
  private void fenceFromOutside() {
    other = new OtherNode();
    for (int i = random.nextInt(4); i > 0; i--) {
      other.write(anyActor());
    }
  }

  /** The member of a view that this node is not in; it writes until it is fenced itself. */
  private final class OtherNode {

    private final Incarnation incarnation = stored.register("other", 1);
    private long batch;

    OtherNode() {
      stored.raise(stored.view(), Set.of(incarnation));
    }

    boolean isMember() {
      return stored.isMember(incarnation);
    }

    void write(ActorId actor) {
      if (!isMember()) {
        return;
      }
      String id = "other" + incarnation.number() + "." + ++batch;
      Set<String> applied = durable(actor);
      applied.add(id);
      long expected = stored.load(actor).map(Snapshot::revision).orElse(Snapshot.NEVER_SAVED);
      Snapshot next = new Snapshot(actor, expected + 1, print(applied), Map.of());
      Cause cause = new Cause(ADD, null, null, timers.instant());
      stored.commit(
          new Commit(
              new WriterId(incarnation, 0), batch, List.of(new Change(next, expected, cause, 0))));
      acknowledged.getOrDefault(actor, Set.of()).add(id);
      count("other ok");
    }
  }

  /** The process dies: nothing it had in memory happens, what is at the store may still happen. */
  private void crash() {
    executor.drop();
    stored.breakStandaloneLock();
    store.comeBack();
    timers = new VirtualTimers();
    node = startNode();
  }

  private void heal() {
    store.comeBack();
    store.clearFaults();
    settle();
    store.land();
    settle();
    deliver();
    check(unanswered == 0, "EveryCallAnswered: %d calls wait".formatted(unanswered));
    for (ActorId actor : actors) {
      Set<String> durable = durable(actor);
      Set<String> lost = new HashSet<>(acknowledged.getOrDefault(actor, Set.of()));
      lost.removeAll(durable);
      check(lost.isEmpty(), "AcknowledgedIsDurable: %s lost %s".formatted(actor, lost));
      Set<String> ghosts = new HashSet<>(refused.getOrDefault(actor, Set.of()));
      ghosts.retainAll(durable);
      check(ghosts.isEmpty(), "NotExecutedIsAbsent: %s has %s".formatted(actor, ghosts));
      worksAgain(actor);
    }
  }

  /** Runs until every message is delivered, for longer than any pause between attempts. */
  private void deliver() {
    for (int i = 0; i < 400 && !mail.isDelivered(); i++) {
      executor.runAll();
      timers.advance(Duration.ofSeconds(1));
    }
    executor.runAll();
    mail.check();
  }

  private void worksAgain(ActorId actor) {
    List<Answer> answers = new ArrayList<>();
    node.invoke(
            Invocation.ask(actor, ADD, Payload.of("id", "last".getBytes(StandardCharsets.UTF_8))))
        .thenAccept(answers::add);
    settle();
    check(
        answers.size() == 1 && answers.getFirst() instanceof Answer.Ok,
        "WorksAgain: %s answered %s".formatted(actor, answers));
  }

  /** Runs until nothing happens any more, for longer than any deadline and any retry. */
  private void settle() {
    for (int i = 0; i < 300; i++) {
      executor.runAll();
      timers.advance(Duration.ofMillis(100));
    }
    check(
        node.status() == NodeStatus.ACCEPTING,
        "WorksAgain: the node is %s".formatted(node.status()));
  }

  /** How often each outcome was answered: a simulation that never fails proves nothing. */
  public Map<String, Integer> outcomes() {
    return Map.copyOf(outcomes);
  }

  /** Invariants that did not hold, in the order in which it was noticed. */
  public List<String> violations() {
    return List.copyOf(violations);
  }

  /** Ends the node; all its actors must be able to sleep. */
  @Override
  public void close() {
    for (ActorId actor : actors) {
      node.repair().passivate(actor);
    }
    settle();
  }
}
