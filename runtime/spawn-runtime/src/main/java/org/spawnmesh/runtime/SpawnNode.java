package org.spawnmesh.runtime;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.function.DoubleSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.ActorDefinition;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.ActorType;
import org.spawnmesh.actor.Answer;
import org.spawnmesh.actor.Durability;
import org.spawnmesh.actor.Failure;
import org.spawnmesh.actor.FailureCode;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.actor.Payload;
import org.spawnmesh.actor.ReminderOrder;
import org.spawnmesh.actor.SpawnException;
import org.spawnmesh.cluster.Cluster;
import org.spawnmesh.cluster.Standalone;
import org.spawnmesh.host.ActorHost;
import org.spawnmesh.store.Incarnation;
import org.spawnmesh.store.Reminder;
import org.spawnmesh.store.StateStore;
import org.spawnmesh.store.StoreException;
import org.spawnmesh.time.SystemTimers;
import org.spawnmesh.time.Timers;

/**
 * A node of the mesh: what is hosted on it, and the one way in for every invocation, whatever
 * brought it here. Stop 1 of its way.
 *
 * <p>Thread-safe. Time, threads, chance, store and peers come in through the {@link Builder}.
 */
public final class SpawnNode implements AutoCloseable {

  private final NodeSettings settings;
  private final StateStore store;
  private final Timers timers;
  private final NodeListener listener;
  private final Cluster cluster;
  private final Activations activations;
  private final Router router;
  private final Door door;
  private final Life life;
  private final Inspection inspection;
  private final Repair repair;
  private final Mail mail;

  private SpawnNode(Builder b) {
    settings = b.settings;
    store = b.store;
    Runnable last = () -> {};
    if (b.timers == null) {
      SystemTimers own = new SystemTimers(daemons("spawn-timer"));
      timers = own;
      last = own::close;
    } else {
      timers = b.timers;
    }
    listener = new GuardedListener(b.listener);
    CallTracer tracer = b.tracer == null ? null : new GuardedTracer(b.tracer);
    Deadlines deadlines = new Deadlines(timers);
    cluster = b.cluster != null ? b.cluster : new Standalone("node", Duration.ofSeconds(10));
    activations =
        new Activations(
            this, cluster, settings, store, timers, b.clock, b.turns, b.writers, listener, tracer);
    router = new Router(cluster, activations, settings, b.turns);
    door =
        new Door(
            settings,
            this::status,
            router,
            activations.reminders,
            deadlines,
            timers,
            b.turns,
            b.random,
            listener,
            tracer);
    life =
        new Life(
            cluster,
            new Tenure(cluster, store.ledger(), settings.writers(), timers, b.turns, b.random),
            activations,
            router,
            door,
            new Passivation(activations, b.heapInUse),
            deadlines,
            timers,
            b.turns,
            listener,
            last);
    inspection = new Inspection(activations);
    repair = new Repair(activations, door);
    mail = new Mail(activations);
  }

  private static ThreadFactory daemons(String name) {
    return Thread.ofPlatform().daemon().name(name + "-", 0).factory();
  }

  public static Builder builder(StateStore store) {
    return new Builder(store);
  }

  // ---- what is hosted here ----

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
    boolean known = Life.await(placed, patience);
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

  // ---- life ----

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
    return life.starting();
  }

  /**
   * Gives all actors to other nodes, if there are any. Calls are still taken, and sent on; {@link
   * #drain} is to follow. Blocks; does nothing unless the node accepts calls.
   *
   * @param patience how long to wait for it
   */
  public void resign(Duration patience) {
    Life.await(life.resigning(), patience);
  }

  /**
   * Stops in good order: gives its actors away as {@link #resign} does, refuses new calls, finishes
   * what was accepted, makes it durable, leaves. Blocks.
   *
   * @param patience after that, what runs is answered "may have taken effect", what waits "did not"
   * @return true if nothing was left
   */
  public boolean drain(Duration patience) {
    return life.drain(patience);
  }

  /**
   * As {@link #drain}, with all the patience that it takes, and without waiting.
   *
   * @return completes when nothing is left
   */
  public CompletionStage<?> draining() {
    return life.draining();
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
    return door.enter(invocation, false);
  }

  /**
   * Like {@link #invoke}, for a call that an action under way makes though it does not name its
   * actor as the caller: a draining node takes it, too.
   */
  public CompletionStage<Answer> invokeInside(Invocation invocation) {
    return door.enter(invocation, true);
  }

  // ---- for the engine ----

  /** As {@link Door#pass}. */
  Call pass(Invocation invocation, boolean inside) {
    return door.pass(invocation, inside);
  }

  void route(Call call) {
    router.route(call);
  }

  /** As {@link Life#fenced}. */
  void fenced(Incarnation which, Failure why) {
    life.fenced(which, why);
  }

  /** Nothing is active any more. */
  void drained() {
    life.drained();
  }

  // ---- for the curious ----

  public NodeStatus status() {
    return life.status();
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

  /** What people do to one actor. */
  public Repair repair() {
    return repair;
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
    return door.later(invocation, due);
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
