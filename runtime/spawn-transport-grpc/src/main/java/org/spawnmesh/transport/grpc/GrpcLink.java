package org.spawnmesh.transport.grpc;

import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.spawnmesh.actor.Failure;
import org.spawnmesh.actor.FailureCode;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.actor.PayloadEncodingException;
import org.spawnmesh.cluster.Member;
import org.spawnmesh.cluster.PeerAnswer;
import org.spawnmesh.cluster.PeerMessage;
import org.spawnmesh.cluster.PeerTransport;
import org.spawnmesh.cluster.PeerTransport.Reach;
import org.spawnmesh.time.Timers.Timer;
import org.spawnmesh.transport.grpc.wire.Frame;

/**
 * The way to one life of a peer, over one connection after the other.
 *
 * <pre>
 * Idle ──first use──► Connecting ──accepted──► Open
 *                       ▲     │                 │
 *                       │   failed: what waits is "not executed"
 *                       │     ▼                 │
 *                       │   Paused              │
 *                       │     │                 │
 *                       └─────┴──at once────────┘ broke: what was sent "may have run"
 * </pre>
 *
 * From Paused it tries again when something waits and the pause is over, or at once when a probe
 * asks. A connection that breaks again soon after it was made counts as a failed attempt, except
 * that what waits goes on waiting. Everything ends in Closed.
 *
 * <p>Thread-safe: callers add to {@link Arrivals}, all else happens on the event loop.
 */
final class GrpcLink implements PeerTransport.Link, Connection.Owner {

  private static final Logger log = LoggerFactory.getLogger(GrpcLink.class);

  private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

  private sealed interface State {

    record Idle() implements State {}

    record Connecting(Connection connection) implements State {}

    record Open(Connection connection, long since) implements State {}

    /**
     * @param timer of the next attempt, null if none is planned
     */
    record Paused(long until, @Nullable Timer timer) implements State {}

    record Closed() implements State {}
  }

  private final Member to;
  private final Hello hello;
  private final Connection.Target target;
  private final GrpcTransportSettings settings;
  private final PeerTransport.Inbox inbox;
  private final Loop loop;
  private final RandomGenerator random;

  private final Room invocations;
  private final Room messages;
  private final Room content;
  private final Arrivals<Outgoing> arrivals = new Arrivals<>();
  private final CompletableFuture<Void> closed = new CompletableFuture<>();

  /** Set before the event loop knows, so that nothing is added after {@link #close} returned. */
  private volatile boolean closing;

  // confined to the event loop
  private final Deque<Outgoing> waiting = new ArrayDeque<>();
  private State state = new State.Idle();

  /** Attempts that failed, and connections that soon broke, in a row. */
  private int setbacks;

  /** The inbox was told, or will be, that this does not work; so it is told when it does again. */
  private boolean troubled;

  GrpcLink(
      Member to,
      Hello hello,
      Connection.Target target,
      GrpcTransportSettings settings,
      PeerTransport.Inbox inbox,
      Loop loop,
      RandomGenerator random) {
    this.to = to;
    this.hello = hello;
    this.target = target;
    this.settings = settings;
    this.inbox = inbox;
    this.loop = loop;
    this.random = random;
    invocations = new Room(settings.invocations(), settings.invocationBytes());
    messages = new Room(settings.messages(), settings.messageBytes());
    content = new Room(settings.messages(), settings.messageBytes());
  }

  @Override
  public Member to() {
    return to;
  }

  // ---- any thread ----

  @Override
  public CompletionStage<PeerAnswer> invoke(long view, Invocation invocation) {
    org.spawnmesh.transport.grpc.wire.Invocation encoded;
    try {
      encoded = ToWire.invocation(invocation);
    } catch (PayloadEncodingException e) {
      return refused(
          Failure.notExecuted(
              FailureCode.PAYLOAD_UNREADABLE,
              "%s cannot be sent to %s: %s".formatted(invocation, to, e.getMessage())));
    }
    int size = encoded.getSerializedSize() + Outgoing.OVERHEAD;
    if (size > settings.frameBytes()) {
      return refused(
          Failure.notExecuted(
              FailureCode.PAYLOAD_TOO_LARGE,
              "%s has %d bytes, more than the %d that are carried between nodes"
                  .formatted(invocation, size, settings.frameBytes())));
    }
    if (!invocations.take(size)) {
      return refused(
          Failure.notExecuted(
                  FailureCode.NODE_OVERLOADED,
                  "%s was not sent to %s, where too much is under way (%s)"
                      .formatted(invocation, to, invocations))
              .retryAfter(RETRY_AFTER));
    }
    var ask = new Outgoing.Ask(view, invocation, encoded, size, invocations);
    if (!add(ask)) {
      ask.unsent(to, Reach.THERE);
    }
    return ask.answer;
  }

  private static CompletionStage<PeerAnswer> refused(Failure failure) {
    return CompletableFuture.completedFuture(Outgoing.failed(failure));
  }

  @Override
  public void send(long view, PeerMessage message) {
    Frame frame;
    try {
      frame = ToWire.message(view, message);
    } catch (PayloadEncodingException e) {
      log.warn("Dropped a message to {}: {}", to, e.getMessage());
      return;
    }
    int size = frame.getSerializedSize() + Outgoing.OVERHEAD;
    if (size > settings.frameBytes()) {
      log.warn(
          "Dropped a message of {} bytes to {}: {} are carried between nodes",
          size,
          to,
          settings.frameBytes());
      return;
    }
    Room room = hasContent(message) ? content : messages;
    if (!room.take(size)) {
      log.debug("Dropped a message to {}: too much waits ({})", to, room);
      return;
    }
    var outgoing = new Outgoing.Message(frame, size, room);
    if (!add(outgoing)) {
      outgoing.unsent(to, Reach.THERE);
    }
  }

  /** Those may be many or large, and must not take the room of what moves shards. */
  private static boolean hasContent(PeerMessage message) {
    return message instanceof PeerMessage.Cast || message instanceof PeerMessage.Warm;
  }

  private boolean add(Outgoing outgoing) {
    if (closing) {
      return false;
    }
    return switch (arrivals.add(outgoing)) {
      case WAITS -> true;
      case CALL -> {
        loop.later(this::work);
        yield true;
      }
      case CLOSED -> false;
    };
  }

  @Override
  public CompletionStage<Reach> probe(Duration patience) {
    var probe = new Outgoing.Probe();
    if (closing) {
      probe.answer.complete(Reach.SILENT);
      return probe.answer;
    }
    probe.limit(loop, patience);
    // later, also on the event loop: it may be called amid a batch
    loop.later(() -> ask(probe));
    return probe.answer;
  }

  @Override
  public void close() {
    closing = true;
    loop.later(this::work);
  }

  /** Closes without waiting for answers. */
  void abort() {
    closing = true;
    loop.later(this::end);
  }

  /** Completes when it is closed. */
  CompletionStage<Void> closed() {
    return closed;
  }

  // ---- the event loop ----

  private void work() {
    arrivals.takeAll(waiting);
    switch (state) {
      case State.Idle idle -> {
        if (!waiting.isEmpty()) {
          attempt();
        }
      }
      case State.Paused paused -> {
        if (!waiting.isEmpty() && paused.timer() == null) {
          attemptAfter(Duration.ofNanos(paused.until() - loop.now()));
        }
      }
      case State.Open open -> open.connection().write(waiting);
      case State.Connecting connecting -> {}
      case State.Closed over -> refuseWaiting(Reach.THERE);
    }
    if (closing) {
      proceedToClose();
    }
  }

  private void ask(Outgoing.Probe probe) {
    waiting.addFirst(probe);
    if (state instanceof State.Paused) {
      attempt(); // whoever asks does not ask too often, and wants to know now
    }
    work();
  }

  /** As soon as all is answered; at once where nothing was sent. */
  private void proceedToClose() {
    switch (state) {
      case State.Idle idle -> end();
      case State.Paused paused -> end();
      case State.Open open -> {
        if (waiting.isEmpty() && open.connection().isQuiet()) {
          open.connection().finish();
        }
      }
      case State.Connecting connecting -> {}
      case State.Closed over -> {}
    }
  }

  private void attempt() {
    if (state instanceof State.Paused(long until, Timer timer) && timer != null) {
      timer.cancel();
    }
    var connection = new Connection(target, hello, loop, settings, this);
    state = new State.Connecting(connection); // first: it may end while it begins
    connection.start();
  }

  private void attemptAfter(Duration pause) {
    if (pause.isNegative() || pause.isZero()) {
      attempt();
      return;
    }
    var planned = new Timer[1];
    planned[0] =
        loop.in(
            pause,
            () -> {
              if (state instanceof State.Paused(long until, Timer timer) && timer == planned[0]) {
                attempt();
              }
            });
    state = new State.Paused(loop.now() + pause.toNanos(), planned[0]);
  }

  @Override
  public void accepted(Connection connection) {
    if (!isCurrent(connection)) {
      return;
    }
    state = new State.Open(connection, loop.now());
    while (waiting.peek() instanceof Outgoing.Probe probe) { // they always go first
      waiting.remove();
      probe.isThere();
    }
    if (troubled) {
      troubled = false;
      setbacks = Math.max(setbacks, 1);
      log.info("Connected to {} at {} again", to, to.address());
      tell(Reach.THERE);
    }
    work();
  }

  @Override
  public void moved(Connection connection) {
    if (state instanceof State.Open open && open.connection() == connection) {
      work();
    }
  }

  @Override
  public void ended(Connection connection, Status end) {
    if (!isCurrent(connection)) {
      return;
    }
    switch (state) {
      case State.Connecting connecting -> failed(Ends.describe(end), Ends.reach(end));
      case State.Open open -> broke(open, end);
      default -> throw new IllegalStateException("A connection in state " + state);
    }
  }

  private boolean isCurrent(Connection connection) {
    return switch (state) {
      case State.Connecting(Connection current) -> current == connection;
      case State.Open(Connection current, long since) -> current == connection;
      default -> false;
    };
  }

  private void failed(String why, Reach reach) {
    setbacks++;
    if (setbacks == 1) {
      log.info("Cannot connect to {} at {}: {}", to, to.address(), why);
    } else {
      log.debug("Still cannot connect to {} at {}: {}", to, to.address(), why);
    }
    troubled = true;
    Duration pause = settings.backoff().after(setbacks, random);
    state = new State.Paused(loop.now() + pause.toNanos(), null);
    refuseWaiting(reach);
    tell(reach);
    work();
  }

  private void broke(State.Open open, Status end) {
    if (closing) {
      end();
      return;
    }
    log.info("The connection to {} at {} broke: {}", to, to.address(), Ends.describe(end));
    for (Outgoing lost : open.connection().takeUnanswered()) {
      if (lost instanceof Outgoing.Probe probe) {
        waiting.addFirst(probe); // the next attempt answers it
      } else {
        lost.lost(to);
      }
    }
    troubled = true;
    if (end.getCode() == Status.Code.DEADLINE_EXCEEDED) {
      tell(Reach.SILENT); // the next attempt will take as long to find out
    }
    if (loop.now() - open.since() >= settings.backoffMost().toNanos()) {
      setbacks = 0;
    }
    if (setbacks == 0) {
      attempt();
    } else {
      attemptAfter(settings.backoff().after(setbacks, random));
    }
  }

  private void end() {
    State last = state;
    if (last instanceof State.Closed) {
      return;
    }
    state = new State.Closed();
    arrivals.close(waiting);
    switch (last) {
      case State.Connecting(Connection connection) -> connection.cut();
      case State.Open(Connection connection, long since) -> {
        connection.takeUnanswered().forEach(sent -> sent.lost(to));
        connection.cut();
      }
      case State.Paused(long until, Timer timer) -> {
        if (timer != null) {
          timer.cancel();
        }
      }
      case State.Idle idle -> {}
      case State.Closed over -> {}
    }
    refuseWaiting(Reach.THERE);
    closed.complete(null);
  }

  private void refuseWaiting(Reach reach) {
    // an answer may cause more to be sent; that waits for the next attempt
    for (int left = waiting.size(); left > 0; left--) {
      waiting.remove().unsent(to, reach);
    }
  }

  private void tell(Reach reach) {
    try {
      inbox.broken(to.incarnation(), reach);
    } catch (RuntimeException e) {
      log.error("Nobody listened to the news that {} is {}", to, reach, e);
    }
  }

  @Override
  public String toString() {
    return "link to " + to;
  }
}
