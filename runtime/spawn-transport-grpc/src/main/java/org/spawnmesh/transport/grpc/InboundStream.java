package org.spawnmesh.transport.grpc;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.spawnmesh.actor.Failure;
import org.spawnmesh.actor.FailureCode;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.actor.PayloadEncodingException;
import org.spawnmesh.cluster.PeerAnswer;
import org.spawnmesh.cluster.PeerMessage;
import org.spawnmesh.cluster.PeerTransport;
import org.spawnmesh.time.Timers.Timer;
import org.spawnmesh.transport.grpc.wire.Frame;
import org.spawnmesh.transport.grpc.wire.Frames;
import org.spawnmesh.transport.grpc.wire.Pong;
import org.spawnmesh.transport.grpc.wire.Replies;
import org.spawnmesh.transport.grpc.wire.Reply;

/**
 * A stream that a peer opened: what comes in goes to the inbox, what that answers goes back.
 *
 * <p>The inbox is called on the connection's event loop, without a thread in between: it promises
 * not to block. It is never asked to wait either, because an invocation may wait for a message that
 * comes after it; how much is under way is bounded by the sender. Answers may come from any thread.
 */
final class InboundStream extends ServerCall.Listener<Frames> {

  private static final Logger log = LoggerFactory.getLogger(InboundStream.class);

  private final ServerCall<Frames, Replies> call;
  private final Hello hello;
  private final PeerTransport.Inbox inbox;
  private final GrpcTransportSettings settings;
  private final Loop loop;
  private final Runnable forget;
  private final Arrivals<Reply> arrivals = new Arrivals<>();

  // confined to the event loop
  private final Deque<Reply> waiting = new ArrayDeque<>();
  private @Nullable Timer beat;
  private boolean spoke;
  private boolean over;

  /**
   * @param forget run when it is over
   */
  InboundStream(
      ServerCall<Frames, Replies> call,
      Hello hello,
      PeerTransport.Inbox inbox,
      GrpcTransportSettings settings,
      Loop loop,
      Runnable forget) {
    this.call = call;
    this.hello = hello;
    this.inbox = inbox;
    this.settings = settings;
    this.loop = loop;
    this.forget = forget;
  }

  /** Begins to take what is sent. */
  void accept() {
    loop.run(
        () -> {
          if (!over) {
            call.sendHeaders(Hello.welcome(settings.frameBytes()));
            call.request(1);
            beatLater();
          }
        });
  }

  /**
   * Ends this one, then accepts {@code next}. So nothing of this stream comes in after something of
   * the next one, though they may be on different event loops.
   */
  void giveWayTo(InboundStream next) {
    loop.run(
        () -> {
          finish(Ends.REPLACED.withDescription("there is a newer stream of this link"));
          next.accept();
        });
  }

  /** Sends what is answered already, and takes nothing more. */
  void end(Status why) {
    loop.run(() -> finish(why));
  }

  // ---- what gRPC tells, on the event loop ----

  @Override
  public void onMessage(Frames frames) {
    if (over) {
      return;
    }
    for (Frame frame : frames.getFramesList()) {
      receive(frame);
    }
    call.request(1);
  }

  @Override
  public void onHalfClose() {
    finish(Status.OK);
  }

  @Override
  public void onReady() {
    write();
  }

  @Override
  public void onCancel() {
    ended();
  }

  @Override
  public void onComplete() {
    ended();
  }

  // ---- in ----

  private void receive(Frame frame) {
    switch (frame.getKindCase()) {
      case INVOCATION -> invoke(frame);
      case PING ->
          add(Reply.newBuilder().setCall(frame.getCall()).setPong(Pong.getDefaultInstance()));
      case KIND_NOT_SET -> {
        if (frame.getCall() != 0) {
          refuse(frame, "it is of a kind that this version does not know");
        }
      }
      default -> receiveMessage(frame);
    }
  }

  private void invoke(Frame frame) {
    Invocation invocation;
    try {
      invocation = FromWire.invocation(frame, loop.now());
    } catch (IllegalArgumentException e) {
      refuse(frame, e.getMessage());
      return;
    }
    CompletionStage<PeerAnswer> answer;
    try {
      answer = inbox.invoked(hello.from(), frame.getView(), invocation);
    } catch (RuntimeException e) {
      answered(frame.getCall(), invocation, null, e);
      return;
    }
    answer.whenComplete((what, failure) -> answered(frame.getCall(), invocation, what, failure));
  }

  private void refuse(Frame frame, @Nullable String why) {
    add(
        ToWire.reply(
            frame.getCall(),
            Outgoing.failed(
                Failure.notExecuted(
                    FailureCode.REQUEST_INVALID,
                    "%s cannot take what %s sent: %s".formatted(hello.to(), hello.from(), why)))));
  }

  private void receiveMessage(Frame frame) {
    try {
      PeerMessage message = FromWire.message(frame);
      if (message != null) {
        inbox.received(hello.from(), frame.getView(), message);
      }
    } catch (RuntimeException e) {
      log.error("A message of {} was lost ({})", hello.from(), frame.getKindCase(), e);
    }
  }

  // ---- out: from any thread ----

  private void answered(
      long number, Invocation invocation, @Nullable PeerAnswer what, @Nullable Throwable failure) {
    if (what == null) {
      log.error("The inbox broke its promise and did not answer {}", invocation, failure);
      what = Outgoing.failed(lostAnswer(invocation, "the node failed to answer: " + failure));
    }
    Reply reply;
    try {
      reply = ToWire.reply(number, what);
    } catch (PayloadEncodingException e) {
      reply = ToWire.reply(number, Outgoing.failed(lostAnswer(invocation, e.getMessage())));
    }
    int size = reply.getSerializedSize();
    if (size + Outgoing.OVERHEAD > hello.frameBytes()) {
      reply =
          ToWire.reply(
              number,
              Outgoing.failed(
                  lostAnswer(
                      invocation,
                      "the answer has %d bytes, more than the %d that are carried between nodes"
                          .formatted(size, hello.frameBytes()))));
    }
    add(reply);
  }

  /** The action may have changed something before its answer could not be told. */
  private static Failure lostAnswer(Invocation invocation, @Nullable String why) {
    return Failure.unknown(FailureCode.REPLY_INVALID, invocation + ": " + why);
  }

  private void add(Reply.Builder reply) {
    add(reply.build());
  }

  private void add(Reply reply) {
    switch (arrivals.add(reply)) {
      case CALL -> loop.later(this::write);
      case WAITS -> {}
      case CLOSED -> {} // the sender knows that the connection broke
    }
  }

  // ---- out: on the event loop ----

  private void write() {
    arrivals.takeAll(waiting);
    while (!over && !waiting.isEmpty() && call.isReady()) {
      call.sendMessage(batch());
      spoke = true;
    }
  }

  private Replies batch() {
    var batch = Replies.newBuilder();
    int room = settings.batchBytes();
    for (Reply next = waiting.peek();
        next != null && (batch.getRepliesCount() == 0 || next.getSerializedSize() <= room);
        next = waiting.peek()) {
      waiting.remove();
      batch.addReplies(next);
      room -= next.getSerializedSize() + Outgoing.OVERHEAD;
    }
    return batch.build();
  }

  private void finish(Status why) {
    if (over) {
      return;
    }
    arrivals.close(waiting);
    while (!waiting.isEmpty()) { // nothing is, unless the stream was accepted
      call.sendMessage(batch());
    }
    call.close(why, new Metadata());
    ended();
  }

  private void ended() {
    over = true;
    arrivals.close(waiting);
    waiting.clear();
    if (beat != null) {
      beat.cancel();
    }
    forget.run();
  }

  private void beatLater() {
    beat =
        loop.in(
            hello.beat(),
            () -> {
              if (over) {
                return;
              }
              // what waits to be written is heard when it arrives
              if (!spoke && call.isReady()) {
                call.sendMessage(Replies.getDefaultInstance());
              }
              spoke = false;
              beatLater();
            });
  }

  @Override
  public String toString() {
    return "stream of " + hello.from() + " to " + hello.to();
  }
}
