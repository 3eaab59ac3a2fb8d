package org.spawnmesh.runtime;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.spawnmesh.actor.ActorDefinition;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.ActorType;
import org.spawnmesh.actor.Answer;
import org.spawnmesh.actor.Durability;
import org.spawnmesh.actor.Failure;
import org.spawnmesh.actor.FailureCode;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.actor.Kind;
import org.spawnmesh.actor.Payload;
import org.spawnmesh.cluster.Cluster;
import org.spawnmesh.cluster.Gate;
import org.spawnmesh.cluster.Member.Offer;
import org.spawnmesh.cluster.Placement;
import org.spawnmesh.cluster.Shard;
import org.spawnmesh.store.Incarnation;
import org.spawnmesh.store.StateStore;
import org.spawnmesh.time.Timers;

/**
 * The actors that are in this node's memory: finds or makes the activation for a call. Stop 3 of an
 * invocation's way. Thread-safe.
 */
final class Activations {

  private static final Logger log = LoggerFactory.getLogger(Activations.class);

  private static final Duration DRAIN_RETRY = Duration.ofMillis(100);

  final NodeSettings settings;
  final StateStore store;
  final Timers timers;
  final InstantSource clock;
  final Executor turns;
  final Executor commitThreads;
  final NodeListener listener;

  private final SpawnNode node;
  private final Cluster cluster;
  private final @Nullable CallTracer tracer;
  private final Outgoing outgoing;
  final Chores chores = new Chores(this);
  final Deliveries deliveries;
  final Reminders reminders;
  private final Confirmations confirmations = new Confirmations(this);
  private final Writers writers;
  private volatile Incarnation incarnation = new Incarnation(0);
  private final Map<ActorType, HostedType> types = new ConcurrentHashMap<>();

  Activations(
      SpawnNode node,
      Cluster cluster,
      NodeSettings settings,
      StateStore store,
      Timers timers,
      InstantSource clock,
      Executor turns,
      Executor commitThreads,
      NodeListener listener,
      @Nullable CallTracer tracer) {
    this.node = node;
    this.cluster = cluster;
    this.settings = settings;
    this.store = store;
    this.timers = timers;
    this.clock = clock;
    this.turns = turns;
    this.commitThreads = commitThreads;
    this.listener = listener;
    this.tracer = tracer;
    this.outgoing = new Outgoing(node, this, cluster, listener);
    this.deliveries = new Deliveries(this, cluster);
    this.reminders = new Reminders(this, cluster);
    this.writers = new Writers(this);
  }

  // ---- types ----

  /** False if the type is hosted already. */
  boolean host(Hosting hosting) {
    return types.putIfAbsent(hosting.definition().type(), HostedType.of(hosting)) == null;
  }

  /** False if the type is hosted as another kind. */
  boolean rehost(Hosting hosting, Share share) {
    HostedType fresh = HostedType.of(hosting);
    fresh.share = share;
    HostedType hosted = types.putIfAbsent(hosting.definition().type(), fresh);
    if (hosted != null && hosted.replace(hosting)) {
      hosted.share = share;
      return true;
    }
    return hosted == null;
  }

  /** How this node takes part in the types that are hosted here. */
  Map<ActorType, Offer> offers() {
    Map<ActorType, Offer> offers = new HashMap<>();
    types.forEach(
        (type, hosted) -> {
          ActorDefinition definition = hosted.definition();
          Offer offer = Offer.of(definition.kind()).listening(definition.channels());
          switch (hosted.share) {
            case FULL -> offers.put(type, offer);
            case STANDBY -> offers.put(type, offer.onStandby());
            case NONE -> {}
          }
        });
    return offers;
  }

  @Nullable HostedType type(ActorType type) {
    return types.get(type);
  }

  Collection<HostedType> types() {
    return types.values();
  }

  /** Shows every activation of this node, and misses what is made meanwhile. */
  void forEach(Consumer<Activation> action) {
    types.values().forEach(type -> type.forEach(action));
  }

  // ---- calls ----

  void route(Call call) {
    node.route(call);
  }

  CompletionStage<Answer> ask(Invocation invocation) {
    return node.pass(invocation, true);
  }

  /**
   * The call's turn begins on this thread, which is to say how it ended.
   *
   * @return null if nobody wants to know
   */
  CallTracer.@Nullable Step begin(Call call) {
    CallTracer.Step step = tracer == null ? null : tracer.turn(call.invocation);
    if (step != null) {
      call.invocation = step.onward();
    }
    return step;
  }

  /** A call that nobody waits for. */
  Call call(Invocation invocation) {
    return new Call(invocation, Invocation.NO_DEADLINE, turns);
  }

  /**
   * Hands the call to its actor's activation, or answers why not.
   *
   * @param gate of the actor's shard, which lets new activations in, now or later
   */
  void dispatch(Call call, Gate gate) {
    Invocation invocation = call.invocation;
    ActorId actor = invocation.actor();
    HostedType type = types.get(actor.type());
    if (type == null) {
      refuse(
          call,
          Failure.notExecuted(
              FailureCode.UNKNOWN_TYPE,
              "%s cannot run: no node hosts the actor type %s"
                  .formatted(invocation, actor.type())));
      return;
    }
    Failure refusal = refusal(type, call);
    if (refusal != null) {
      refuse(call, refusal);
      return;
    }
    if (reenters(type, invocation)) {
      reenter(type, call);
      return;
    }
    Activation activation = activation(type, call, gate);
    while (activation != null) {
      switch (activation.offer(call)) {
        case ACCEPTED -> {
          if (invocation.mode() == Invocation.Mode.TELL) {
            call.complete(Answer.EMPTY);
          }
          return;
        }
        case FULL -> {
          refuse(
              call,
              Failure.notExecuted(
                      FailureCode.MAILBOX_FULL,
                      "%s was refused: %d calls wait for %s already"
                          .formatted(invocation, settings.mailboxLimit(), actor))
                  .retryAfter(settings.retryAfter()));
          return;
        }
        case CLOSED -> {
          type.forget(activation);
          activation = activation(type, call, gate);
        }
      }
    }
  }

  /** Who shall take the call; null if it waits before the gate, or went elsewhere. */
  private @Nullable Activation activation(HostedType type, Call call, Gate gate) {
    ActorId actor = call.invocation.actor();
    Activation found = type.find(actor, this);
    if (found != null) {
      return found;
    }
    switch (gate.enter(call.invocation, () -> node.route(call))) {
      case IN -> {
        return type.add(new Activation(actor, type, gate, this));
      }
      case HELD -> {}
      case FULL -> refuse(call, tooManyWait(call));
      case CLOSED -> node.route(call);
    }
    return null;
  }

  private Failure tooManyWait(Call call) {
    return Failure.notExecuted(
            FailureCode.NODE_OVERLOADED,
            "%s was refused: its actor is moving to this node, and too many calls wait for that"
                .formatted(call.invocation))
        .retryAfter(settings.retryAfter());
  }

  /**
   * A tell that an earlier activation had accepted is answered already: somebody must hear of it.
   */
  void refuse(Call call, Failure failure) {
    if (!call.complete(Answer.failed(failure)) && call.invocation.mode() == Invocation.Mode.TELL) {
      outgoing.unheard(call.invocation, failure);
    }
  }

  private static @Nullable Failure refusal(HostedType type, Call call) {
    Invocation invocation = call.invocation;
    ActorDefinition definition = type.definition();
    ActorId actor = invocation.actor();
    if (call.replacement == null && !type.offers(invocation.action())) {
      return Failure.notExecuted(
          FailureCode.UNKNOWN_ACTION,
          "%s cannot run: %s declares no such action; it has %s"
              .formatted(
                  invocation,
                  definition.type(),
                  definition.actions().keySet().stream().sorted().toList()));
    }
    if (definition.kind() == Kind.NAMED && !actor.name().equals(definition.type().name())) {
      return Failure.notExecuted(
          FailureCode.INVALID_NAME,
          "%s cannot run: %s is a NAMED actor, its only name is '%s'"
              .formatted(invocation, definition.type(), definition.type().name()));
    }
    Failure closed = type.quarantine.isEmpty() ? null : type.quarantine.get(actor.name());
    boolean mended =
        closed != null && closed.code() == FailureCode.ACTOR_PAUSED && call.replacement != null;
    return mended ? null : closed;
  }

  /** Would the call wait for an actor that waits for the call? */
  private static boolean reenters(HostedType type, Invocation invocation) {
    return invocation.chain() != null
        && invocation.mode() == Invocation.Mode.ASK
        && type.definition().kind() != Kind.POOLED
        && invocation.chain().contains(invocation.actor());
  }

  private void reenter(HostedType type, Call call) {
    Invocation invocation = call.invocation;
    Activation waiting = type.active(invocation.actor().name());
    if (type.isReentrant(invocation.action()) && waiting != null) {
      turns.execute(() -> waiting.runAside(call));
    } else {
      call.fail(
          Failure.notExecuted(
              FailureCode.CALL_CYCLE,
              "%s would wait for itself: %s → %s"
                  .formatted(invocation, invocation.chain(), invocation)));
    }
  }

  /** A call whose activation ended before it ran finds another, a bounded number of times. */
  void reroute(Call call) {
    Failure failure = null;
    if (++call.reroutes > settings.maxHops()) {
      failure =
          Failure.notExecuted(
              FailureCode.TOO_MANY_HOPS,
              "%s was passed on %d times".formatted(call.invocation, call.reroutes - 1));
    } else if (node.status() == NodeStatus.REJOINING || node.status() == NodeStatus.STOPPED) {
      // what is loaded now may be stale when this node is a member again, if it ever is
      failure =
          Failure.notExecuted(
                  FailureCode.NODE_UNAVAILABLE,
                  call.invocation + " was not run: its node lost its right to write")
              .retryAfter(settings.retryAfter());
    }
    if (failure == null) {
      node.route(call);
    } else if (call.claim()) {
      release(call, Decision.failed(failure));
    }
  }

  // ---- what leaves ----

  Outgoing outgoing() {
    return outgoing;
  }

  /** May an answer that shows what is in memory leave? */
  boolean mayAnswer() {
    return cluster.mayAnswer();
  }

  void release(@Nullable Departure departures) {
    for (Departure d = departures; d != null; d = d.next) {
      release(d.call, d.decision);
    }
  }

  void release(Call call, Decision decision) {
    Incarnation confirmAs = decision.confirmAs();
    if (confirmAs == null) {
      outgoing.release(call, decision);
    } else {
      confirmations.add(call, decision, confirmAs);
    }
  }

  /** What needed confirmation has it, or has failed. */
  void leave(Call call, Decision decision) {
    outgoing.release(call, decision);
  }

  void fail(@Nullable Departure departures, Failure failure) {
    for (Departure d = departures; d != null; d = d.next) {
      outgoing.release(d.call, Decision.failed(failure));
    }
  }

  // ---- commits ----

  /** Hands over changes that are to be durable; any thread. */
  void submit(ChangeSet set) {
    writers.submit(set);
  }

  /** Upkeep has waited long enough for a commit that takes it along. */
  void submit(Chores waiting) {
    if (node.status() != NodeStatus.STOPPED) {
      writers.submit(waiting);
    }
  }

  void joined(Incarnation fresh) {
    writers.join(fresh);
    // whoever slipped in since this node was fenced was loaded while others could write
    abandonAll(Failure.notExecuted(FailureCode.LOST_OWNERSHIP, "This node has just joined again"));
    deliveries.forgetAll();
    incarnation = fresh; // last: who sees it, and is not doomed, was loaded as this one
  }

  Incarnation incarnation() {
    return incarnation;
  }

  /** A writer found this node fenced; answers what its callers are to be told. */
  Failure fenced(Incarnation incarnation, @Nullable String why) {
    Failure failure =
        Failure.notExecuted(FailureCode.LOST_OWNERSHIP, "This node lost its right to write: " + why)
            .retryAfter(settings.retryAfter());
    node.fenced(incarnation, failure);
    return failure;
  }

  /** Ends every activation; what is not durable never will be. */
  void abandonAll(Failure why) {
    forEach(activation -> activation.abandon(why));
  }

  // ---- moves ----

  /** Ends what is behind closing gates, now or when it has nothing to do. */
  void passivateMoved() {
    forEach(
        activation -> {
          if (activation.gate.isClosing()) {
            activation.passivate(PassivationReason.MOVED);
          }
        });
  }

  /** Actors with timers must not sleep because they moved. */
  void awaken(Gate gate, List<String> warm) {
    Shard shard = gate.shard();
    if (shard == null) {
      return;
    }
    HostedType type = types.get(shard.type());
    if (type == null
        || (type.definition().timers().isEmpty() && type.definition().reminders().isEmpty())) {
      return;
    }
    Set<String> names = new LinkedHashSet<>(warm);
    ActorId only = new ActorId(shard.type(), shard.type().name());
    if (type.definition().kind() == Kind.NAMED && gate.guards(only)) {
      names.add(only.name()); // its owner may have died without a word
    }
    for (String name : names) {
      awaken(new ActorId(shard.type(), name), type, gate);
    }
  }

  /** The only actor of a type has its reminders from the start. */
  void awaken(HostedType type) {
    ActorType name = type.definition().type();
    ActorId only = new ActorId(name, name.name());
    if (cluster.placement(Invocation.tell(only, "", Payload.NONE))
        instanceof Placement.Here(Gate gate)) {
      awaken(only, type, gate);
    }
  }

  private void awaken(ActorId actor, HostedType type, Gate gate) {
    if (type.find(actor, this) == null
        && gate.enter(Invocation.tell(actor, "", Payload.NONE), () -> {}) == Gate.Entry.IN) {
      type.add(new Activation(actor, type, gate, this)).wake();
    }
  }

  /** A store that is away must not be asked again and again while the node drains. */
  void drainLater(Settlement activation) {
    timers.schedule(
        DRAIN_RETRY, () -> turns.execute(() -> activation.passivate(activation.leaving())));
  }

  void saveLater(Settlement activation, Durability.Snapshot durability) {
    if (!durability.interval().isZero()) {
      timers.schedule(durability.interval(), activation::save);
    }
  }

  // ---- time ----

  long now() {
    return timers.nanoTime();
  }

  // ---- the end ----

  boolean isAccepting() {
    return node.status() == NodeStatus.ACCEPTING;
  }

  boolean isDraining() {
    return node.status() == NodeStatus.DRAINING;
  }

  /** Asks every activation to end, now or when it has nothing to do. */
  void passivateAll(PassivationReason reason) {
    forEach(activation -> activation.passivate(reason));
  }

  /** The node stopped with calls in its mailboxes. */
  void refuseWaiting() {
    forEach(Activation::refuseWaiting);
  }

  boolean isEmpty() {
    for (HostedType type : types.values()) {
      if (type.count() > 0) {
        return false;
      }
    }
    return true;
  }

  void activationClosed() {
    if (isDraining() && isEmpty()) {
      node.drained();
    }
  }
}
