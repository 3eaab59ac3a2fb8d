package org.spawnmesh.proxy.host;

import io.github.resilience4j.bulkhead.Bulkhead;
import java.net.InetAddress;
import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.spawnmesh.actor.Failure;
import org.spawnmesh.actor.FailureCode;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.actor.PayloadEncodingException;
import org.spawnmesh.host.ActionFailedException;
import org.spawnmesh.host.ActorHost;
import org.spawnmesh.host.HostCall;
import org.spawnmesh.host.HostReply;
import org.spawnmesh.protocol.ActorInvocation;
import org.spawnmesh.proxy.host.Outcome.Answered;
import org.spawnmesh.proxy.host.Outcome.Garbled;
import org.spawnmesh.proxy.host.Outcome.Late;
import org.spawnmesh.proxy.host.Outcome.Lost;
import org.spawnmesh.proxy.host.Outcome.NoRoom;
import org.spawnmesh.proxy.host.Outcome.Stale;
import org.spawnmesh.proxy.host.Outcome.Unreachable;
import org.spawnmesh.proxy.host.Outcome.Withdrawn;
import org.spawnmesh.proxy.host.Reach.Down;
import org.spawnmesh.proxy.host.Reach.Probing;
import org.spawnmesh.proxy.memory.InFlight;

/**
 * Runs actions in another process, over HTTP. Stop 6 of an invocation's way.
 *
 * <p>A call is sent again only if not one byte of it had left, and only until its deadline. While
 * the host cannot be reached, calls wait for it, or are refused when it is known to be down.
 * Thread-safe; blocks.
 */
final class RemoteHost implements ActorHost, AutoCloseable {

  private static final Duration FIRST_PAUSE = Duration.ofMillis(5);
  private static final Duration LONGEST_PAUSE = Duration.ofMillis(500);
  private static final Duration BUSY = Duration.ofSeconds(1);

  private final HostAddress address;
  private final HostProperties properties;
  private final Connections connections;
  private final Liveness liveness;
  private final Bulkhead bulkhead;
  private final Circuit circuit;
  private final Replies replies;
  private final InFlight replyBytes;
  private final LongSupplier nanoTime;
  private final RandomGenerator random;

  RemoteHost(
      HostAddress address,
      HostProperties properties,
      Connections connections,
      Liveness liveness,
      Bulkhead bulkhead,
      Circuit circuit,
      Replies replies,
      InFlight replyBytes,
      LongSupplier nanoTime,
      RandomGenerator random) {
    this.address = address;
    this.properties = properties;
    this.connections = connections;
    this.liveness = liveness;
    this.bulkhead = bulkhead;
    this.circuit = circuit;
    this.replies = replies;
    this.replyBytes = replyBytes;
    this.nanoTime = nanoTime;
    this.random = random;
  }

  @Override
  public HostReply call(HostCall call) {
    long deadline = deadline(call);
    ActorInvocation request = encode(call);
    if (replyBytes.isHalfFull()) {
      // the other half is for those that are under way: their actions have run
      throw new ActionFailedException(replyBytes.refusal());
    }
    if (!bulkhead.tryAcquirePermission()) {
      throw refused(
          "%s was refused: the host at %s has %d calls under way"
              .formatted(call.invocation(), address, properties.calls()),
          BUSY);
    }
    InFlight.Share share = replyBytes.share();
    try {
      return replies.read(call, address, ask(call, request, share, deadline));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ActionFailedException(
          Failure.unknown(
              FailureCode.ACTION_FAILED,
              "The thread that waited for %s was interrupted".formatted(call.invocation())),
          e);
    } finally {
      share.leave();
      bulkhead.onComplete();
    }
  }

  private long deadline(HostCall call) {
    long own = nanoTime.getAsLong() + properties.timeout().toNanos();
    long callers = call.deadline();
    return callers == Invocation.NO_DEADLINE || callers - own > 0 ? own : callers;
  }

  private static ActorInvocation encode(HostCall call) {
    try {
      return ActorInvocations.of(call);
    } catch (PayloadEncodingException e) {
      throw new ActionFailedException(
          Failure.notExecuted(
              FailureCode.PAYLOAD_UNREADABLE,
              "%s cannot be sent to its host: %s".formatted(call.invocation(), e.getMessage())),
          e);
    }
  }

  /** Until it is answered, or surely not sent, or perhaps run. */
  private HttpReply ask(HostCall call, ActorInvocation request, InFlight.Share share, long deadline)
      throws InterruptedException {
    Backoff backoff = null;
    while (true) {
      awaitHost(call, deadline);
      if (!circuit.letsPass()) {
        throw refused(
            "%s was refused: the host at %s does not answer any more"
                .formatted(call.invocation(), address),
            properties.circuit().pause());
      }
      switch (circuit.watch(() -> connections.ask(request, share, deadline))) {
        case Answered answered -> {
          return answered.reply();
        }
        case Unreachable none -> {} // liveness knows; the next round waits or gives up
        case Stale stale -> {
          if (backoff == null) {
            backoff = new Backoff(FIRST_PAUSE, LONGEST_PAUSE, random);
          } else if (!pause(backoff.nextNanos(), deadline)) {
            throw unsent(call, stale.why());
          }
        }
        case Withdrawn withdrawn -> throw unsent(call, withdrawn.why());
        case Lost lost ->
            throw new ActionFailedException(
                Failure.unknown(
                    FailureCode.HOST_UNAVAILABLE,
                    "%s was sent to its host at %s, and %s"
                        .formatted(call.invocation(), address, lost.why())));
        case Late late ->
            throw new ActionFailedException(
                Failure.unknown(
                    FailureCode.DEADLINE_PASSED,
                    "%s was sent to its host at %s, which did not answer in time"
                        .formatted(call.invocation(), address)));
        case Garbled garbled ->
            throw new ActionFailedException(
                new Failure(
                    FailureCode.REPLY_INVALID,
                    "The host at %s answered %s with %s"
                        .formatted(address, call.invocation(), garbled.why()),
                    garbled.execution(),
                    null));
        case NoRoom none ->
            throw new ActionFailedException(
                Failure.unknown(
                    FailureCode.NODE_OVERLOADED,
                    "The host at %s answered %s, and there is no memory for it: %s"
                        .formatted(address, call.invocation(), replyBytes.shortage())));
      }
    }
  }

  private void awaitHost(HostCall call, long deadline) throws InterruptedException {
    switch (liveness.await(deadline)) {
      case Reach.Up up -> {}
      case Probing lost -> throw unsent(call, lost.why());
      case Down down ->
          throw refused(
              "%s was refused: the host at %s is down: %s"
                  .formatted(call.invocation(), address, down.why()),
              properties.probeInterval());
    }
  }

  private boolean pause(long nanos, long deadline) throws InterruptedException {
    if (deadline - nanoTime.getAsLong() <= nanos) {
      return false;
    }
    Thread.sleep(Duration.ofNanos(nanos));
    return true;
  }

  private ActionFailedException unsent(HostCall call, String why) {
    return new ActionFailedException(
        Failure.notExecuted(
            FailureCode.HOST_UNAVAILABLE,
            "%s was not sent to its host at %s: %s".formatted(call.invocation(), address, why)));
  }

  private static ActionFailedException refused(String message, Duration retryAfter) {
    return new ActionFailedException(
        Failure.notExecuted(FailureCode.HOST_UNAVAILABLE, message).retryAfter(retryAfter));
  }

  boolean isAsked(InetAddress peer) {
    return connections.areAsking(peer);
  }

  /** Keeps nothing that need not be kept. Can still be called: a turn may just have begun. */
  void retire() {
    connections.retire();
  }

  Reach reach() {
    return liveness.reach();
  }

  /** Looks whether it is there. Blocks. */
  Reach look() {
    return liveness.look();
  }

  int openConnections() {
    return connections.openCount();
  }

  /** What is under way ends as perhaps run; what waits, as not run. */
  @Override
  public void close() {
    liveness.close();
    connections.close();
  }
}
