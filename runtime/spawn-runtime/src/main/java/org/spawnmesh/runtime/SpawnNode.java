package org.spawnmesh.runtime;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.spawnmesh.actor.ActorDefinition;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.ActorType;
import org.spawnmesh.actor.Answer;
import org.spawnmesh.actor.Broadcast;
import org.spawnmesh.actor.Durability;
import org.spawnmesh.actor.Failure;
import org.spawnmesh.actor.FailureCode;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.actor.Payload;
import org.spawnmesh.actor.ReminderOrder;
import org.spawnmesh.actor.SpawnException;
import org.spawnmesh.cluster.Cluster;
import org.spawnmesh.cluster.Gate;
import org.spawnmesh.cluster.LocalNode;
import org.spawnmesh.cluster.Standalone;
import org.spawnmesh.host.ActorHost;
import org.spawnmesh.store.Incarnation;
import org.spawnmesh.store.Reminder;
import org.spawnmesh.store.StateStore;
import org.spawnmesh.store.StoreException;
import org.spawnmesh.store.StoreLockedException;
import org.spawnmesh.time.SystemTimers;
import org.spawnmesh.time.Timers;

/**
 * A node of the mesh: the one door for every invocation, whatever brought it here. Stop 1 of its
 * way.
 *
 * <pre>
 * NEW ──start──► JOINING ──member──► ACCEPTING ◄──member──┐
 *                                       │ └────fenced──► REJOINING
 *                                       └──drain──► LEAVING ──others own its actors──► DRAINING
 * DRAINING ──empty, or patience over──► STOPPED
 * </pre>
 *
 * <p>Thread-safe. Time, threads, chance, store and peers come in through the {@link Builder}.
 */
public final class SpawnNode implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(SpawnNode.class);

  private final NodeSettings settings;
  private final StateStore store;
  private final Timers timers;
  private final Executor turns;
  private final RandomGenerator random;
  private final NodeListener listener;
  private final @Nullable CallTracer tracer;
  private final @Nullable SystemTimers ownTimers;

  private final Deadlines deadlines;
  private final Activations activations;
  private final Router router;
  private final Passivation passivation;
  private final Cluster cluster;
  private final Tenure tenure;
  private final Inspection inspection;
  private final Mail mail;
  private final LocalNode local = new Local();
  private final CompletableFuture<Boolean> drained = new CompletableFuture<>();

  /** Held while the status changes; joining happens with it released. */
  private final ReentrantLock lock = new ReentrantLock();

  private volatile NodeStatus status = NodeStatus.NEW;

  private SpawnNode(Builder b) {
    settings = b.settings;
    store = b.store;
    if (b.timers == null) {
      SystemTimers own = new SystemTimers(daemons("spawn-timer"));
      timers = own;
      ownTimers = own;
    } else {
      timers = b.timers;
      ownTimers = null;
    }
    turns = b.turns;
    random = b.random;
    listener = new GuardedListener(b.listener);
    tracer = b.tracer == null ? null : new GuardedTracer(b.tracer);
    deadlines = new Deadlines(timers);
    cluster = b.cluster != null ? b.cluster : new Standalone("node", Duration.ofSeconds(10));
    activations =
        new Activations(
            this, cluster, settings, store, timers, b.clock, turns, b.writers, listener, tracer);
    router = new Router(cluster, activations, settings, turns);
    passivation = new Passivation(activations, b.heapInUse);
    tenure = new Tenure(cluster, store.ledger(), settings.writers(), timers, turns, b.random);
    inspection = new Inspection(activations);
    mail = new Mail(activations);
  }

  private static ThreadFactory daemons(String name) {
    return Thread.ofPlatform().daemon().name(name + "-", 0).factory();
  }

  public static Builder builder(StateStore store) {
    return new Builder(store);
  }

  // ---- life ----

  /**
   * Makes an actor type available on this node; before or after {@link #start}.
   *
   * @throws SpawnException with {@link FailureCode#INVALID_DECLARATION} if the type is hosted
   *     already
   */
  public void register(ActorDefinition definition, ActorHost host) {
    if (!activations.host(hosting(definition, host))) {
      throw new SpawnException(
          Failure.notExecuted(
              FailureCode.INVALID_DECLARATION,
              "The actor type " + definition.type() + " is declared twice"));
    }
    cluster.host(activations.offers());
    listener.hosted(definition);
    activations.deliveries.sweepNow();
    activations.reminders.lookNow();
  }

  /**
   * Like {@link #register}, but a type that is hosted already gets this declaration and this host
   * from the next turn of each activation on. States stay, channels count at once; timers of the
   * old declaration end when their activation does.
   *
   * @throws SpawnException with {@link FailureCode#INVALID_DECLARATION} if the type was hosted as
   *     another kind
   */
  public void redefine(ActorDefinition definition, ActorHost host) {
    redefine(Map.of(definition, host), Share.FULL);
  }

  /**
   * As {@link #redefine(ActorDefinition, ActorHost)}, of several types at once, which the mesh is
   * told once.
   *
   * @param share this node's part in them from now on
   * @throws SpawnException with {@link FailureCode#INVALID_DECLARATION} if one of the types was
   *     hosted as another kind; others may be redefined then
   */
  public void redefine(Map<ActorDefinition, ActorHost> definitions, Share share) {
    try {
      definitions.forEach(
          (definition, host) -> {
            if (!activations.rehost(hosting(definition, host), share)) {
              throw new SpawnException(
                  Failure.notExecuted(
                      FailureCode.INVALID_DECLARATION,
                      "%s cannot become %s: it is hosted as another kind"
                          .formatted(definition.type(), definition.kind())));
            }
            listener.hosted(definition);
          });
    } finally {
      cluster.host(activations.offers());
    }
  }

  /** Changes this node's part in types that it hosts; others are passed over. */
  public void share(Collection<ActorType> types, Share share) {
    for (ActorType name : types) {
      HostedType type = activations.type(name);
      if (type != null) {
        type.share = share;
      }
    }
    cluster.host(activations.offers());
  }

  /**
   * Waits until what this node hosts can be called from every node: by then they all know. Blocks.
   *
   * @return false if the patience was over before
   */
  public boolean awaitPlaced(Duration patience) {
    CompletionStage<?> placed = cluster.placed();
    boolean known = await(placed, patience);
    placed.toCompletableFuture().cancel(false);
    return known;
  }

  private Hosting hosting(ActorDefinition definition, ActorHost host) {
    Durability durability =
        definition.durability() != null ? definition.durability() : settings.durability();
    if (store.isVolatile() && durability instanceof Durability.Commit) {
      // nothing outlives the process anyway: state is handed to the store when the actor sleeps
      durability = new Durability.Snapshot(Duration.ZERO);
    }
    Duration idle =
        definition.idleTimeout() != null ? definition.idleTimeout() : settings.idleTimeout();
    return new Hosting(definition, host, durability, idle.toNanos());
  }

  /**
   * Joins the mesh and accepts calls from then on. Blocks until it is done.
   *
   * @throws SpawnException with {@link FailureCode#STORE_LOCKED} if another standalone node runs,
   *     with {@link FailureCode#STORE_UNAVAILABLE} if the store refuses or cannot be reached; the
   *     node stays NEW and can be started again
   */
  public void start() {
    try {
      starting().toCompletableFuture().join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  /**
   * As {@link #start}, without waiting.
   *
   * @return fails with what {@link #start} throws
   */
  public CompletionStage<?> starting() {
    moveFrom(NodeStatus.NEW, NodeStatus.JOINING);
    return tenure
        .join(local)
        .handle(
            (joined, failure) -> {
              if (failure == null) {
                started();
                return null;
              }
              moveFrom(NodeStatus.JOINING, NodeStatus.NEW);
              throw notStarted(failure);
            });
  }

  private static RuntimeException notStarted(Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    if (cause instanceof StoreException) {
      FailureCode code =
          cause instanceof StoreLockedException
              ? FailureCode.STORE_LOCKED
              : FailureCode.STORE_UNAVAILABLE;
      return new SpawnException(
          Failure.notExecuted(code, "The node cannot start: " + cause.getMessage()), cause);
    }
    return cause instanceof RuntimeException e ? e : new CompletionException(cause);
  }

  private void started() {
    if (!moveFrom(NodeStatus.JOINING, NodeStatus.ACCEPTING)) {
      tenure.leave();
      throw new IllegalStateException("The node was stopped while it started");
    }
    passivation.start();
    tenure.watch(this::checked);
    activations.deliveries.start();
    activations.reminders.start();
    log.info("Node {} accepts calls", tenure.incarnation());
  }

  /** What the cluster sees of this node. */
  private final class Local implements LocalNode {

    @Override
    public void joined(Incarnation incarnation) {
      activations.joined(incarnation);
    }

    @Override
    public CompletionStage<Answer> invoke(Invocation invocation) {
      return SpawnNode.this.pass(invocation, true);
    }

    @Override
    public void cast(Broadcast broadcast, ActorId source, Map<String, String> metadata) {
      activations.outgoing().castHere(broadcast, source, metadata);
    }

    @Override
    public void closing() {
      turns.execute(activations::passivateMoved);
    }

    @Override
    public void opened(Gate gate, List<String> warm) {
      activations.awaken(gate, warm);
      activations.deliveries.opened(gate);
      activations.reminders.lookNow();
    }

    @Override
    public void fenced(Incarnation incarnation, String why) {
      SpawnNode.this.fenced(
          incarnation, Failure.notExecuted(FailureCode.LOST_OWNERSHIP, "This node is out: " + why));
    }
  }

  private boolean moveFrom(NodeStatus expected, NodeStatus next) {
    lock.lock();
    try {
      if (status != expected) {
        if (expected == NodeStatus.NEW) {
          throw new IllegalStateException("The node is " + status + " and cannot be started");
        }
        return false;
      }
      status = next;
    } finally {
      lock.unlock();
    }
    listener.statusChanged(next);
    return true;
  }

  /**
   * This incarnation may not write any more. Ends all activations and joins again as a new one.
   * Called by writers and by the membership check, perhaps several times for one loss.
   */
  void fenced(Incarnation which, Failure why) {
    if (!which.equals(tenure.incarnation())
        || !moveFrom(NodeStatus.ACCEPTING, NodeStatus.REJOINING)) {
      return;
    }
    log.warn("Node {} is fenced and joins again: {}", which, why.message());
    turns.execute(
        () -> {
          activations.abandonAll(why);
          tenure.retry(() -> status == NodeStatus.REJOINING, local, joined -> rejoined());
        });
  }

  private void rejoined() {
    if (moveFrom(NodeStatus.REJOINING, NodeStatus.ACCEPTING)) {
      log.info("Joined again as node {}", tenure.incarnation());
      activations.deliveries.joined();
      activations.reminders.lookNow();
    } else {
      tenure.leave();
    }
  }

  /** The membership check found that this node is not a member any more. */
  private void checked() {
    Incarnation now = tenure.incarnation();
    if (now != null && status == NodeStatus.ACCEPTING) {
      fenced(
          now,
          Failure.notExecuted(
              FailureCode.LOST_OWNERSHIP, "This node is not a member of the mesh any more"));
    }
  }

  /**
   * Gives all actors to other nodes, if there are any. Calls are still taken, and sent on; {@link
   * #drain} is to follow. Blocks; does nothing unless the node accepts calls.
   *
   * @param patience how long to wait for it
   */
  public void resign(Duration patience) {
    await(resigning(), patience);
  }

  private CompletionStage<?> resigning() {
    return moveFrom(NodeStatus.ACCEPTING, NodeStatus.LEAVING)
        ? cluster.resign()
        : CompletableFuture.completedStage(null);
  }

  /**
   * Stops in good order: gives its actors away as {@link #resign} does, refuses new calls, finishes
   * what was accepted, makes it durable, leaves. Blocks.
   *
   * @param patience after that, what runs is answered "may have taken effect", what waits "did not"
   * @return true if nothing was left
   */
  public boolean drain(Duration patience) {
    if (isOver()) {
      return true;
    }
    long end = timers.nanoTime() + patience.toNanos();
    await(resigning(), patience);
    finish();
    boolean complete = await(drained, Duration.ofNanos(Math.max(0, end - timers.nanoTime())));
    stop(complete);
    return complete;
  }

  /**
   * As {@link #drain}, with all the patience that it takes, and without waiting.
   *
   * @return completes when nothing is left
   */
  public CompletionStage<?> draining() {
    if (isOver()) {
      return CompletableFuture.completedStage(null);
    }
    return resigning()
        .thenCompose(
            resigned -> {
              finish();
              return drained;
            })
        .thenRunAsync(() -> stop(true), turns);
  }

  /** Has this node stopped? One that never started has, from now on. */
  private boolean isOver() {
    lock.lock();
    try {
      if (status == NodeStatus.NEW) {
        status = NodeStatus.STOPPED;
      }
      return status == NodeStatus.STOPPED;
    } finally {
      lock.unlock();
    }
  }

  private void finish() {
    lock.lock();
    try {
      if (status == NodeStatus.STOPPED) {
        return;
      }
      status = NodeStatus.DRAINING;
    } finally {
      lock.unlock();
    }
    listener.statusChanged(NodeStatus.DRAINING);
    passivation.stop();
    tenure.unwatch();
    activations.deliveries.stop();
    activations.reminders.stop();
    activations.passivateAll(PassivationReason.DRAIN);
    activations.activationClosed();
  }

  /** True if it completed in time. */
  private static boolean await(CompletionStage<?> stage, Duration patience) {
    try {
      stage.toCompletableFuture().get(patience.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Nothing is active any more. */
  void drained() {
    if (router.isIdle()) {
      drained.complete(true);
    }
  }

  private void stop(boolean complete) {
    lock.lock();
    try {
      if (status == NodeStatus.STOPPED) {
        return;
      }
      status = NodeStatus.STOPPED;
    } finally {
      lock.unlock();
    }
    deadlines.expireAll(FailureCode.NODE_UNAVAILABLE, "the node stopped before it was answered");
    if (!complete) {
      activations.refuseWaiting();
    }
    tenure.leave();
    listener.statusChanged(NodeStatus.STOPPED);
    if (ownTimers != null) {
      ownTimers.close();
    }
    log.info(
        "Node {} stopped{}", tenure.incarnation(), complete ? "" : "; not all calls were finished");
  }

  /** Drains with little patience. The store stays open; it belongs to whoever made it. */
  @Override
  public void close() {
    drain(Duration.ofSeconds(5));
  }

  // ---- invocations ----

  /**
   * Runs an action of an actor, wherever it lives. Never blocks; any thread.
   *
   * @return completes normally in any case, by the deadline and a few milliseconds; a continuation
   *     that may block must be added with an {@code …Async} method, which runs it on a virtual
   *     thread by default: the thread that answers has other answers to give
   */
  public CompletionStage<Answer> invoke(Invocation invocation) {
    return enter(invocation, false);
  }

  /**
   * Like {@link #invoke}, for a call that an action under way makes though it does not name its
   * actor as the caller: a draining node takes it, too.
   */
  public CompletionStage<Answer> invokeInside(Invocation invocation) {
    return enter(invocation, true);
  }

  private CompletionStage<Answer> enter(Invocation invocation, boolean inside) {
    CallTracer.Step step = tracer == null ? null : tracer.called(invocation);
    return step == null
        ? pass(invocation, inside)
        : new Followed(pass(step.onward(), inside), step);
  }

  /** Is done when the tracer has heard of the answer, so that whoever waits finds a whole trace. */
  private static final class Followed extends CompletableFuture<Answer> {

    private final Call call;

    Followed(Call call, CallTracer.Step step) {
      this.call = call;
      call.whenComplete(
          (answer, impossible) -> {
            step.ended(answer);
            complete(answer);
          });
    }

    @Override
    public Executor defaultExecutor() {
      return call.defaultExecutor();
    }
  }

  /**
   * As {@link #invoke}, of what has entered the mesh before: messages that actors leave behind, and
   * calls from other nodes.
   *
   * @param inside whether the mesh has accepted it already, so that a node that drains takes it
   */
  Call pass(Invocation invocation, boolean inside) {
    boolean asks = invocation.mode() == Invocation.Mode.ASK;
    long now = timers.nanoTime();
    Call call =
        new Call(
            invocation,
            asks && invocation.deadline() == Invocation.NO_DEADLINE
                ? now + settings.timeout().toNanos()
                : invocation.deadline(),
            turns);
    Consumer<Answer> observer = listener.invoked(invocation);
    if (observer != null) {
      call.whenComplete((answer, impossible) -> observer.accept(answer));
    }
    Failure refusal = refusal(call, now, inside);
    if (refusal != null) {
      call.fail(refusal);
      return call;
    }
    router.route(call);
    if (asks && !call.isDone()) {
      deadlines.watch(call);
    }
    return call;
  }

  private @Nullable Failure refusal(Call call, long now, boolean accepted) {
    Invocation invocation = call.invocation;
    NodeStatus current = status;
    if (current != NodeStatus.ACCEPTING && current != NodeStatus.LEAVING) {
      // a draining node still serves the actions it has accepted
      boolean inside = accepted || invocation.chain() != null || invocation.caller() != null;
      if (current != NodeStatus.DRAINING || !inside) {
        return Failure.notExecuted(
                FailureCode.NODE_UNAVAILABLE,
                "%s was refused: the node is %s".formatted(invocation, current))
            .retryAfter(settings.retryAfter());
      }
    }
    if (call.isOverdue(now)) {
      return Failure.notExecuted(
          FailureCode.DEADLINE_PASSED, invocation + " came after its deadline");
    }
    int size = invocation.payload().knownSize();
    if (size > settings.payloadLimit()) {
      return Failure.notExecuted(
          FailureCode.PAYLOAD_TOO_LARGE,
          "The payload of %s has %d bytes; the limit is %d"
              .formatted(invocation, size, settings.payloadLimit()));
    }
    return null;
  }

  void route(Call call) {
    router.route(call);
  }

  // ---- for the curious ----

  public NodeStatus status() {
    return status;
  }

  /** The node's clock, on which deadlines are set. */
  public Timers timers() {
    return timers;
  }

  public StateStore store() {
    return store;
  }

  public NodeSettings settings() {
    return settings;
  }

  /** What is in this node's memory. */
  public Inspection inspect() {
    return inspection;
  }

  /** What actors send to each other. */
  public Mail mail() {
    return mail;
  }

  /**
   * The actor's reminders, by name, wherever it lives. Blocks.
   *
   * @throws StoreException if they cannot be read now
   */
  public List<Reminder> reminders(ActorId actor) {
    return store.agenda().reminders(actor);
  }

  /**
   * Ends a reminder of an actor, wherever it lives, in a turn of that actor.
   *
   * @return answers with a payload if there was one
   */
  public CompletionStage<Answer> cancelReminder(ActorId actor, String name) {
    return invoke(
        Invocation.ask(
            actor,
            ReminderOrder.CANCELLING,
            Payload.of("reminder", name.getBytes(StandardCharsets.UTF_8))));
  }

  /**
   * Has an action of an actor run at a time, wherever it lives then, once, and whatever happens
   * meanwhile. What it answers, and whether it fails, is nobody's concern but the log's.
   *
   * @param invocation its mode and deadline do not count
   * @param due at once if it is over
   * @return answers when the plan is durable; a plan whose caller heard of no answer may be made
   */
  public CompletionStage<Answer> invokeAt(Invocation invocation, Instant due) {
    CompletableFuture<Answer> answer = new CompletableFuture<>();
    Failure refusal = refusal(new Call(invocation, Invocation.NO_DEADLINE, turns), 0, false);
    if (refusal == null) {
      activations.reminders.plan(
          ReminderPlans.later(invocation, due, random),
          failure -> answer.complete(failure == null ? Answer.EMPTY : Answer.failed(failure)));
    } else {
      answer.complete(Answer.failed(refusal));
    }
    return answer;
  }

  /** Lets the actor be tried again; false if it was not quarantined. */
  public boolean release(ActorId actor) {
    HostedType type = activations.type(actor.type());
    Failure why = type == null ? null : type.quarantine.get(actor.name());
    if (type == null
        || why == null
        || why.code() == FailureCode.ACTOR_PAUSED
        || !type.quarantine.remove(actor.name(), why)) {
      return false;
    }
    Activation active = type.active(actor.name());
    if (active != null) {
      active.reload(why);
    }
    return true;
  }

  /**
   * Lets the actor sleep if it has nothing to do; what is unsaved is saved first, and then it takes
   * another call of this method.
   *
   * @return true if it is not active any more
   */
  public boolean passivate(ActorId actor) {
    HostedType type = activations.type(actor.type());
    Activation active = type == null ? null : type.active(actor.name());
    return active == null || active.passivate(PassivationReason.REQUESTED);
  }

  /**
   * Refuses new calls to an actor, on this node and until {@link #resume} or the node's end: what
   * is in its mailbox runs, and then it leaves memory. A node that gets the actor later knows
   * nothing of it.
   *
   * @return false if it is paused or quarantined already, or its type is not hosted here
   */
  public boolean pause(ActorId actor, String why) {
    HostedType type = activations.type(actor.type());
    Failure paused =
        Failure.notExecuted(FailureCode.ACTOR_PAUSED, "%s takes no calls: %s".formatted(actor, why))
            .retryAfter(settings.retryAfter());
    if (type == null || type.quarantine.putIfAbsent(actor.name(), paused) != null) {
      return false;
    }
    passivate(actor);
    return true;
  }

  /** Lets a paused actor take calls again; false if it was not paused. */
  public boolean resume(ActorId actor) {
    HostedType type = activations.type(actor.type());
    Failure closed = type == null ? null : type.quarantine.get(actor.name());
    return type != null
        && closed != null
        && closed.code() == FailureCode.ACTOR_PAUSED
        && type.quarantine.remove(actor.name(), closed);
  }

  /**
   * Puts another state in the place of an actor's, as a turn of its own that asks no host; a paused
   * actor takes it, too. Only the actor's owner does it.
   *
   * @param what is kept in the history as the action, for example {@code restore 7}; no action that
   *     a host declares
   * @return as {@link #invoke}
   */
  public CompletionStage<Answer> replace(ActorId actor, String what, Replacement replacement) {
    Invocation invocation = Invocation.ask(actor, what, Payload.NONE);
    Call call = new Call(invocation, timers.nanoTime() + settings.timeout().toNanos(), turns);
    call.replacement = replacement;
    Failure refusal = refusal(call, timers.nanoTime(), false);
    if (refusal != null) {
      call.fail(refusal);
      return call;
    }
    router.route(call);
    if (!call.isDone()) {
      deadlines.watch(call);
    }
    return call;
  }

  /** What a node needs from outside. Everything but the store has a default. */
  public static final class Builder {

    private final StateStore store;
    private @Nullable Cluster cluster;
    private NodeSettings settings = NodeSettings.DEFAULTS;
    private NodeListener listener = NodeListener.NONE;
    private @Nullable CallTracer tracer;
    private @Nullable Timers timers;
    private InstantSource clock = InstantSource.system();
    private Executor turns = virtualThreads();
    private Executor writers = Executors.newCachedThreadPool(daemons("spawn-writer"));
    private RandomGenerator random = RandomGenerator.getDefault();
    private DoubleSupplier heapInUse = Passivation::heapInUseAfterCollection;

    private Builder(StateStore store) {
      this.store = store;
    }

    private static Executor virtualThreads() {
      ThreadFactory factory =
          Thread.ofVirtual().name("spawn-turn").inheritInheritableThreadLocals(false).factory();
      return task -> factory.newThread(task).start();
    }

    /** How the node becomes a member; by default it is alone ({@link Standalone}). */
    public Builder cluster(Cluster value) {
      cluster = value;
      return this;
    }

    public Builder settings(NodeSettings value) {
      settings = value;
      return this;
    }

    public Builder listener(NodeListener value) {
      listener = value;
      return this;
    }

    /** Follows calls; by default nobody does. */
    public Builder tracer(CallTracer value) {
      tracer = value;
      return this;
    }

    public Builder timers(Timers value) {
      timers = value;
      return this;
    }

    /** Wall-clock time, for what people read. */
    public Builder clock(InstantSource value) {
      clock = value;
      return this;
    }

    /** Runs turns; they may block, and any number may run at once. By default virtual threads. */
    public Builder turns(Executor value) {
      turns = value;
      return this;
    }

    /** Runs commits, as many at once as there are writers. By default platform threads. */
    public Builder writers(Executor value) {
      writers = value;
      return this;
    }

    public Builder random(RandomGenerator value) {
      random = value;
      return this;
    }

    /** Share of the heap in use, 0 to 1. By default as it was after the last collection. */
    public Builder heapInUse(DoubleSupplier value) {
      heapInUse = value;
      return this;
    }

    public SpawnNode build() {
      return new SpawnNode(this);
    }
  }
}
