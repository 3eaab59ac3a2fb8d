package org.spawnmesh.transport.grpc;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.Answer;
import org.spawnmesh.actor.Failure;
import org.spawnmesh.actor.FailureCode;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.cluster.Member;
import org.spawnmesh.cluster.PeerAnswer;
import org.spawnmesh.cluster.PeerTransport.Reach;
import org.spawnmesh.time.Timers.Timer;
import org.spawnmesh.transport.grpc.wire.Frame;
import org.spawnmesh.transport.grpc.wire.Ping;
import org.spawnmesh.transport.grpc.wire.Reply;

/**
 * Something on its way over a link. After it was added it is touched by the link's event loop only.
 *
 * <pre>
 * waits ──frame──► sent ──replied──► over
 *   │ │              └─────lost────►  over
 *   │ └─frame, which is null────────► over
 *   └───unsent──────────────────────► over
 * </pre>
 *
 * Each of the ways ends it exactly once: whoever calls one has taken it out of where it was.
 */
abstract sealed class Outgoing {

  /** What a frame has beside its content, at most: numbers, tags and lengths. */
  static final int OVERHEAD = 64;

  /** Bytes on the wire, or a few more. */
  abstract int size();

  /** Whether a reply will come; then it is kept until {@link #replied} or {@link #lost}. */
  abstract boolean isAsking();

  /**
   * What to send; null if it must not be sent any more, and then it is over.
   *
   * @param call the number that the reply will bear
   * @param most bytes that the receiver takes
   */
  abstract @Nullable Frame frame(long call, long now, int most);

  abstract void replied(Reply reply);

  /** The connection broke after it was sent. */
  abstract void lost(Member to);

  /** It surely was not sent, and will not be. */
  abstract void unsent(Member to, Reach reach);

  /** An invocation that waits for its answer. */
  static final class Ask extends Outgoing {

    final CompletableFuture<PeerAnswer> answer = new CompletableFuture<>();
    private final long view;
    private final ActorId actor;
    private final String action;
    private final long deadline;
    private final Room room;
    private final int size;

    /** Null from when it was sent: its bytes are not needed any more. */
    private org.spawnmesh.transport.grpc.wire.@Nullable Invocation encoded;

    /**
     * @param room where it has taken {@code size}
     */
    Ask(
        long view,
        Invocation invocation,
        org.spawnmesh.transport.grpc.wire.Invocation encoded,
        int size,
        Room room) {
      this.view = view;
      this.actor = invocation.actor();
      this.action = invocation.action();
      this.deadline = invocation.deadline();
      this.encoded = encoded;
      this.size = size;
      this.room = room;
    }

    @Override
    int size() {
      return size;
    }

    @Override
    boolean isAsking() {
      return true;
    }

    @Override
    @Nullable Frame frame(long call, long now, int most) {
      if (size > most) {
        fail(
            Failure.notExecuted(
                FailureCode.PAYLOAD_TOO_LARGE,
                "%s has %d bytes, and its node takes %d".formatted(this, size, most)));
        return null;
      }
      var frame = Frame.newBuilder().setView(view).setCall(call).setInvocation(encoded);
      encoded = null;
      if (deadline != Invocation.NO_DEADLINE) {
        long remaining = deadline - now;
        if (remaining <= 0) {
          fail(
              Failure.notExecuted(
                  FailureCode.DEADLINE_PASSED,
                  this + " still waited to be sent to its node when its deadline passed"));
          return null;
        }
        frame.setRemainingNanos(remaining);
      }
      return frame.build();
    }

    @Override
    void replied(Reply reply) {
      PeerAnswer what;
      try {
        what = FromWire.answer(reply);
      } catch (IllegalArgumentException e) {
        what = failed(Failure.unknown(FailureCode.NODE_UNAVAILABLE, this + ": " + e.getMessage()));
      }
      complete(what);
    }

    @Override
    void lost(Member to) {
      fail(
          Failure.unknown(
              FailureCode.NODE_UNAVAILABLE,
              "%s was sent to %s, and the connection broke before the answer".formatted(this, to)));
    }

    @Override
    void unsent(Member to, Reach reach) {
      fail(notSent(this, to, reach));
    }

    private void fail(Failure failure) {
      complete(failed(failure));
    }

    private void complete(PeerAnswer what) {
      room.give(size);
      answer.complete(what);
    }

    @Override
    public String toString() {
      return actor.shortName() + "." + action;
    }
  }

  static PeerAnswer failed(Failure failure) {
    return new PeerAnswer.Answered(Answer.failed(failure));
  }

  /** Of an invocation that surely did not leave this node. */
  static Failure notSent(Object invocation, Member to, Reach reach) {
    return Failure.notExecuted(
        FailureCode.NODE_UNAVAILABLE,
        "%s was not sent to %s at %s: %s"
            .formatted(
                invocation,
                to,
                to.address(),
                switch (reach) {
                  case THERE -> "the link is closed";
                  case GONE -> "it is not there any more";
                  case SILENT -> "it cannot be reached";
                }));
  }

  /** One of the mesh's own messages; nobody is told what becomes of it. */
  static final class Message extends Outgoing {

    private static final Logger log = LoggerFactory.getLogger(Message.class);

    private final Frame frame;
    private final int size;
    private final Room room;

    /**
     * @param room where it has taken {@code size}
     */
    Message(Frame frame, int size, Room room) {
      this.frame = frame;
      this.size = size;
      this.room = room;
    }

    @Override
    int size() {
      return size;
    }

    @Override
    boolean isAsking() {
      return false;
    }

    @Override
    @Nullable Frame frame(long call, long now, int most) {
      room.give(size);
      if (size > most) {
        log.warn("Dropped a message of {} bytes: the peer takes {}", size, most);
        return null;
      }
      return frame;
    }

    @Override
    void replied(Reply reply) {
      throw new IllegalStateException("Nobody replies to a message");
    }

    @Override
    void lost(Member to) {
      throw new IllegalStateException("A message is over when it was sent");
    }

    @Override
    void unsent(Member to, Reach reach) {
      room.give(size);
    }
  }

  /** A question whether the peer is there. */
  static final class Probe extends Outgoing {

    final CompletableFuture<Reach> answer = new CompletableFuture<>();

    /** Answers {@link Reach#SILENT} when {@code patience} is over. */
    void limit(Loop loop, Duration patience) {
      Timer timer = loop.timers().schedule(patience, () -> answer.complete(Reach.SILENT));
      answer.whenComplete((reach, failure) -> timer.cancel());
    }

    @Override
    int size() {
      return OVERHEAD;
    }

    @Override
    boolean isAsking() {
      return true;
    }

    @Override
    @Nullable Frame frame(long call, long now, int most) {
      return answer.isDone()
          ? null
          : Frame.newBuilder().setCall(call).setPing(Ping.getDefaultInstance()).build();
    }

    @Override
    void replied(Reply reply) {
      isThere();
    }

    void isThere() {
      answer.complete(Reach.THERE);
    }

    @Override
    void lost(Member to) {
      answer.complete(Reach.SILENT);
    }

    @Override
    void unsent(Member to, Reach reach) {
      // there, but this end was closed: nothing was heard
      answer.complete(reach == Reach.THERE ? Reach.SILENT : reach);
    }
  }
}
