package org.spawnmesh.runtime;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
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
import org.spawnmesh.actor.ChannelDefinition;
import org.spawnmesh.actor.Durability;
import org.spawnmesh.actor.Effect;
import org.spawnmesh.actor.Execution;
import org.spawnmesh.actor.Failure;
import org.spawnmesh.actor.FailureCode;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.actor.Kind;
import org.spawnmesh.actor.Payload;
import org.spawnmesh.actor.Route;
import org.spawnmesh.actor.SpawnException;
import org.spawnmesh.cluster.Cluster;
import org.spawnmesh.cluster.Standalone;
import org.spawnmesh.host.ActorHost;
import org.spawnmesh.store.Incarnation;
import org.spawnmesh.store.StateStore;
import org.spawnmesh.store.StoreException;
import org.spawnmesh.store.StoreLockedException;
import org.spawnmesh.time.SystemTimers;
import org.spawnmesh.time.Timers;
import org.spawnmesh.time.Timers.Timer;

/**
 * A node of the mesh: the one door for every invocation, whatever brought it here. Stop 1 of its
 * way.
 *
 * <pre>
 * NEW ──start──► JOINING ──member──► ACCEPTING ◄──member──┐
 *                                       │ └────fenced──► REJOINING
 *                                       └──drain──► DRAINING ──empty, or patience over──► STOPPED
 * </pre>
 *
 * <p>Thread-safe. Time, threads, chance, store and peers come in through the {@link Builder}.
 */
public final class SpawnNode implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(SpawnNode.class);

  private static final Duration FIRST_REJOIN = Duration.ofMillis(200);
  private static final Duration LAST_REJOIN = Duration.ofSeconds(10);
  private static final Duration MEMBERSHIP_CHECK = Duration.ofSeconds(2);

  private final NodeSettings settings;
  private final StateStore store;
  private final Cluster cluster;
  private final Timers timers;
  private final Executor turns;
  private final RandomGenerator random;
  private final NodeListener listener;
  private final @Nullable SystemTimers ownTimers;

  private final Deadlines deadlines;
  private final Activations activations;
  private final Router router;
  private final Passivation passivation;
  private final CompletableFuture<Boolean> drained = new CompletableFuture<>();

  /** Held while the status changes; joining happens with it released. */
  private final ReentrantLock lock = new ReentrantLock();

  /** Held while the cluster is asked: it is called by one thread at a time. */
  private final ReentrantLock membership = new ReentrantLock();

  private volatile NodeStatus status = NodeStatus.NEW;
  private volatile @Nullable Incarnation incarnation;
  private volatile Timer membershipCheck = () -> {};

  private SpawnNode(Builder b) {
    settings = b.settings;
    store = b.store;
    cluster = b.cluster != null ? b.cluster : new Standalone("node", Duration.ofSeconds(10));
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
    deadlines = new Deadlines(timers);
    activations =
        new Activations(this, settings, store, timers, b.clock, turns, b.writers, listener);
    router = new Router(cluster, activations, settings.maxHops());
    passivation = new Passivation(activations, b.heapInUse);
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
    Durability durability =
        definition.durability() != null ? definition.durability() : settings.durability();
    if (store.isVolatile() && durability instanceof Durability.Commit) {
      // nothing outlives the process anyway: state is handed to the store when the actor sleeps
      durability = new Durability.Snapshot(Duration.ZERO);
    }
    Duration idle =
        definition.idleTimeout() != null ? definition.idleTimeout() : settings.idleTimeout();
    if (!activations.host(HostedType.of(definition, host, durability, idle.toNanos()))) {
      throw new SpawnException(
          Failure.notExecuted(
              FailureCode.INVALID_DECLARATION,
              "The actor type " + definition.type() + " is declared twice"));
    }
  }

  /**
   * Joins the mesh and accepts calls from then on. Blocks until it is done.
   *
   * @throws SpawnException with {@link FailureCode#STORE_LOCKED} if another standalone node runs,
   *     with {@link FailureCode#STORE_UNAVAILABLE} if the store refuses or cannot be reached; the
   *     node stays NEW and can be started again
   */
  public void start() {
    moveFrom(NodeStatus.NEW, NodeStatus.JOINING);
    try {
      join();
    } catch (StoreException e) {
      moveFrom(NodeStatus.JOINING, NodeStatus.NEW);
      FailureCode code =
          e instanceof StoreLockedException
              ? FailureCode.STORE_LOCKED
              : FailureCode.STORE_UNAVAILABLE;
      throw new SpawnException(
          Failure.notExecuted(code, "The node cannot start: " + e.getMessage()), e);
    } catch (RuntimeException e) {
      moveFrom(NodeStatus.JOINING, NodeStatus.NEW);
      throw e;
    }
    if (!moveFrom(NodeStatus.JOINING, NodeStatus.ACCEPTING)) {
      leave();
      throw new IllegalStateException("The node was stopped while it started");
    }
    passivation.start();
    checkMembershipLater();
    log.info("Node {} accepts calls", incarnation);
  }

  private void join() {
    membership.lock();
    try {
      Incarnation joined = cluster.join(store.ledger(), settings.writers());
      incarnation = joined;
      activations.joined(joined);
    } finally {
      membership.unlock();
    }
  }

  private void leave() {
    membership.lock();
    try {
      cluster.leave();
    } catch (RuntimeException e) {
      log.warn("Could not leave in good order; the next node fences this one: {}", e.getMessage());
    } finally {
      membership.unlock();
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
    if (!which.equals(incarnation) || !moveFrom(NodeStatus.ACCEPTING, NodeStatus.REJOINING)) {
      return;
    }
    log.warn("Node {} is fenced and joins again: {}", which, why.message());
    turns.execute(
        () -> {
          activations.abandonAll(why);
          rejoin(FIRST_REJOIN);
        });
  }

  private void rejoin(Duration delay) {
    if (status != NodeStatus.REJOINING) {
      return;
    }
    try {
      join();
      // whoever slipped in between was loaded while others could write
      activations.abandonAll(
          Failure.notExecuted(FailureCode.LOST_OWNERSHIP, "This node has just joined again"));
      if (moveFrom(NodeStatus.REJOINING, NodeStatus.ACCEPTING)) {
        log.info("Joined again as node {}", incarnation);
      } else {
        leave();
      }
    } catch (RuntimeException e) {
      Duration next = min(delay.multipliedBy(2), LAST_REJOIN);
      long jittered = random.nextLong(delay.toMillis() / 2, delay.toMillis() + 1);
      log.warn("Cannot join again yet, next attempt in {} ms: {}", jittered, e.getMessage());
      timers.schedule(Duration.ofMillis(jittered), () -> turns.execute(() -> rejoin(next)));
    }
  }

  private static Duration min(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }

  private void checkMembershipLater() {
    membershipCheck = timers.schedule(MEMBERSHIP_CHECK, () -> turns.execute(this::checkMembership));
  }

  private boolean isJoined() {
    membership.lock();
    try {
      return cluster.isJoined();
    } catch (RuntimeException e) {
      log.debug("Membership cannot be checked now; commits check it anyway: {}", e.getMessage());
      return true;
    } finally {
      membership.unlock();
    }
  }

  private void checkMembership() {
    Incarnation now = incarnation;
    if (now != null && status == NodeStatus.ACCEPTING) {
      if (!isJoined()) {
        fenced(
            now,
            Failure.notExecuted(
                FailureCode.LOST_OWNERSHIP, "This node is not a member of the mesh any more"));
      }
    }
    if (status != NodeStatus.STOPPED && status != NodeStatus.DRAINING) {
      checkMembershipLater();
    }
  }

  /**
   * Stops in good order: refuses new calls, finishes what was accepted, makes it durable, leaves.
   * Blocks.
   *
   * @param patience after that, what runs is answered "may have taken effect", what waits "did not"
   * @return true if nothing was left
   */
  public boolean drain(Duration patience) {
    lock.lock();
    try {
      if (status == NodeStatus.STOPPED) {
        return true;
      }
      if (status == NodeStatus.NEW) {
        status = NodeStatus.STOPPED;
        return true;
      }
      status = NodeStatus.DRAINING;
    } finally {
      lock.unlock();
    }
    listener.statusChanged(NodeStatus.DRAINING);
    passivation.stop();
    membershipCheck.cancel();
    activations.passivateAll(PassivationReason.DRAIN);
    activations.activationClosed();
    boolean complete;
    try {
      complete = drained.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      complete = false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      complete = false;
    } catch (java.util.concurrent.ExecutionException e) {
      throw new IllegalStateException(e);
    }
    stop(complete);
    return complete;
  }

  /** Nothing is active any more. */
  void drained() {
    drained.complete(true);
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
    leave();
    listener.statusChanged(NodeStatus.STOPPED);
    if (ownTimers != null) {
      ownTimers.close();
    }
    log.info("Node {} stopped{}", incarnation, complete ? "" : "; not all calls were finished");
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
    Failure refusal = refusal(call, now);
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

  private @Nullable Failure refusal(Call call, long now) {
    Invocation invocation = call.invocation;
    NodeStatus current = status;
    if (current != NodeStatus.ACCEPTING) {
      // a draining node still serves the actions it has accepted
      boolean inside = invocation.chain() != null || invocation.caller() != null;
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

  /** Sends what a turn decided to send, then answers its caller. */
  void release(Call call, Decision decision) {
    Invocation cause = call.invocation;
    for (Effect effect : decision.effects()) {
      send(effect, cause);
    }
    if (decision.broadcast() != null) {
      broadcast(decision.broadcast(), cause);
    }
    if (decision.route() != null) {
      reroute(call, decision.route(), decision);
    } else {
      answer(call, decision.answer());
    }
  }

  /** A tell was answered when it was accepted: how it ended is for the log. */
  private void answer(Call call, Answer answer) {
    Invocation invocation = call.invocation;
    if (invocation.mode() == Invocation.Mode.ASK) {
      call.complete(answer);
      return;
    }
    call.complete(Answer.EMPTY);
    if (answer instanceof Answer.Failed failed) {
      unheard(invocation, failed.failure());
    }
  }

  /** Nobody waits for it: this is where its failure is heard of. */
  void unheard(Invocation invocation, Failure failure) {
    log.warn("Nobody waits for {}, which failed: {}", invocation, failure);
    listener.unheardFailure(invocation, failure);
  }

  private void send(Effect effect, Invocation cause) {
    Map<String, String> metadata = cause.metadata();
    if (!effect.metadata().isEmpty()) {
      metadata = new HashMap<>(metadata);
      metadata.putAll(effect.metadata());
    }
    Invocation invocation =
        tell(effect.actor(), effect.action(), effect.payload(), cause.actor(), metadata);
    if (effect.delay().isZero()) {
      deliver(invocation);
    } else {
      timers.schedule(effect.delay(), () -> deliver(invocation));
    }
  }

  private static Invocation tell(
      ActorId to, String action, Payload payload, ActorId from, Map<String, String> metadata) {
    return new Invocation(
        to, action, payload, Invocation.Mode.TELL, Invocation.NO_DEADLINE, from, null, metadata, 0);
  }

  private void deliver(Invocation invocation) {
    invoke(invocation)
        .thenAccept(
            answer -> {
              if (answer instanceof Answer.Failed failed) {
                log.warn("{} was not delivered: {}", invocation, failed.failure());
                listener.unheardFailure(invocation, failed.failure());
              }
            });
  }

  /**
   * Tells everybody on this node who listens: a NAMED actor and a pool in any case, instances of an
   * UNNAMED one if they are active.
   */
  private void broadcast(Broadcast broadcast, Invocation cause) {
    for (HostedType type : activations.types()) {
      for (ChannelDefinition channel : type.definition.channels()) {
        if (!channel.topic().equals(broadcast.topic())) {
          continue;
        }
        String action = firstNamed(channel.action(), broadcast.action());
        if (type.definition.kind() == Kind.UNNAMED) {
          type.forEach(
              active ->
                  deliver(
                      tell(
                          active.id,
                          action,
                          broadcast.payload(),
                          cause.actor(),
                          cause.metadata())));
        } else {
          ActorType name = type.definition.type();
          deliver(
              tell(
                  new ActorId(name, name.name()),
                  action,
                  broadcast.payload(),
                  cause.actor(),
                  cause.metadata()));
        }
      }
    }
  }

  private static String firstNamed(String own, String sent) {
    return !own.isEmpty() ? own : !sent.isEmpty() ? sent : ChannelDefinition.DEFAULT_ACTION;
  }

  /** The caller waits for the target from now on; this actor is free. */
  private void reroute(Call call, Route route, Decision decision) {
    Invocation cause = call.invocation;
    boolean tookEffect =
        decision.next() != null || !decision.effects().isEmpty() || decision.broadcast() != null;
    if (cause.hops() >= settings.maxHops()) {
      Failure tooFar =
          Failure.notExecuted(
              FailureCode.TOO_MANY_HOPS,
              "%s ended in a chain of more than %d pipes and forwards"
                  .formatted(cause, settings.maxHops()));
      answer(call, failedAfter(cause, tookEffect, tooFar));
      return;
    }
    Payload payload =
        switch (route) {
          case Route.Pipe pipe -> decision.answer().orThrow();
          case Route.Forward forward -> cause.payload();
        };
    Invocation next =
        new Invocation(
            route.actor(),
            route.action(),
            payload,
            cause.mode(),
            call.deadline,
            cause.actor(),
            cause.chain(),
            cause.metadata(),
            cause.hops() + 1);
    if (cause.mode() == Invocation.Mode.TELL) {
      deliver(next);
    } else {
      invoke(next)
          .thenAccept(
              answer ->
                  call.complete(
                      answer instanceof Answer.Failed failed
                          ? failedAfter(cause, tookEffect, failed.failure())
                          : answer));
    }
  }

  /** "Not executed" is not true of a call whose first actor has changed already. */
  private static Answer failedAfter(Invocation first, boolean tookEffect, Failure failure) {
    return Answer.failed(
        tookEffect && failure.execution() == Execution.NOT_EXECUTED
            ? new Failure(
                failure.code(),
                "%s took effect, what it passed on did not: %s".formatted(first, failure.message()),
                Execution.UNKNOWN,
                failure.retryAfter())
            : failure);
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

  /** The hosted types, by name. */
  public List<TypeSummary> types() {
    List<TypeSummary> all = new ArrayList<>();
    for (HostedType type : activations.types()) {
      all.add(new TypeSummary(type.definition, type.count(), type.quarantine.size()));
    }
    all.sort(Comparator.comparing(summary -> summary.definition().type().toString()));
    return all;
  }

  /**
   * Activations of a type in the order of their names. Looks at all of them, keeps {@code limit}.
   *
   * @param after the last name of the page before, or null for the first page
   */
  public List<ActivationSummary> activations(ActorType name, @Nullable String after, int limit) {
    HostedType type = activations.type(name);
    if (type == null || limit <= 0) {
      return List.of();
    }
    Comparator<Activation> byName = Comparator.comparing(activation -> activation.id.name());
    PriorityQueue<Activation> page = new PriorityQueue<>(byName.reversed());
    type.forEach(
        activation -> {
          if (after == null || activation.id.name().compareTo(after) > 0) {
            page.add(activation);
            if (page.size() > limit) {
              page.poll();
            }
          }
        });
    long now = timers.nanoTime();
    return page.stream().sorted(byName).map(activation -> activation.summary(now)).toList();
  }

  public Optional<ActivationSummary> activation(ActorId actor) {
    HostedType type = activations.type(actor.type());
    Activation active = type == null ? null : type.active(actor.name());
    return Optional.ofNullable(active).map(found -> found.summary(timers.nanoTime()));
  }

  /** Why this actor is quarantined, or empty if it is not. */
  public Optional<Failure> quarantined(ActorId actor) {
    HostedType type = activations.type(actor.type());
    return type == null ? Optional.empty() : Optional.ofNullable(type.quarantine.get(actor.name()));
  }

  /** Lets the actor be tried again; false if it was not quarantined. */
  public boolean release(ActorId actor) {
    HostedType type = activations.type(actor.type());
    if (type == null || type.quarantine.remove(actor.name()) == null) {
      return false;
    }
    passivate(actor);
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

  /** What a node needs from outside. Everything but the store has a default. */
  public static final class Builder {

    private final StateStore store;
    private @Nullable Cluster cluster;
    private NodeSettings settings = NodeSettings.DEFAULTS;
    private NodeListener listener = NodeListener.NONE;
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
      ThreadFactory factory = Thread.ofVirtual().name("spawn-turn").factory();
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
