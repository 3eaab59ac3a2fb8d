package org.spawnmesh.transport.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.spawnmesh.actor.Answer;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.actor.Payload;
import org.spawnmesh.cluster.PeerAnswer;
import org.spawnmesh.cluster.PeerMessage;
import org.spawnmesh.cluster.PeerTransport;
import org.spawnmesh.cluster.PeerTransport.Reach;
import org.spawnmesh.store.Incarnation;
import org.spawnmesh.test.VirtualTimers;
import org.spawnmesh.transport.grpc.wire.Actor;
import org.spawnmesh.transport.grpc.wire.Execution;
import org.spawnmesh.transport.grpc.wire.Frame;
import org.spawnmesh.transport.grpc.wire.Frames;
import org.spawnmesh.transport.grpc.wire.MeshGrpc;
import org.spawnmesh.transport.grpc.wire.Ping;
import org.spawnmesh.transport.grpc.wire.Published;
import org.spawnmesh.transport.grpc.wire.Released;
import org.spawnmesh.transport.grpc.wire.Replies;
import org.spawnmesh.transport.grpc.wire.Reply;

/** How a node takes what peers send that are older, newer or no nodes at all; in virtual time. */
class ReceiverTest {

  private static final Incarnation SELF = new Incarnation(1);
  private static final Incarnation PEER = new Incarnation(2);

  private final VirtualTimers timers = new VirtualTimers();
  private final BlockingQueue<Object> arrivals = new LinkedBlockingQueue<>();
  private volatile Function<Invocation, CompletionStage<PeerAnswer>> answers =
      invocation -> answer(Payload.NONE);
  private final GrpcTransport transport =
      new GrpcTransport(
          ListenAddress.LOOPBACK,
          GrpcTransportSettings.DEFAULTS.withCloseTimeout(Duration.ofMillis(100)),
          null,
          timers,
          new Random(1),
          Thread.ofPlatform().daemon().factory());
  private ManagedChannel channel;

  @BeforeEach
  void start() {
    InetSocketAddress address =
        ListenAddress.parse(
            transport.start(
                new PeerTransport.Inbox() {
                  @Override
                  public CompletionStage<PeerAnswer> invoked(
                      Incarnation from, long view, Invocation invocation) {
                    arrivals.add(invocation);
                    return answers.apply(invocation);
                  }

                  @Override
                  public void received(Incarnation from, long view, PeerMessage message) {
                    arrivals.add(message);
                    if (message instanceof PeerMessage.Claim) {
                      throw new IllegalStateException("on purpose");
                    }
                  }

                  @Override
                  public void broken(Incarnation to, Reach reach) {}
                }));
    transport.identify(SELF);
    channel =
        NettyChannelBuilder.forAddress(address.getHostString(), address.getPort())
            .usePlaintext()
            .build();
  }

  @AfterEach
  void stop() {
    channel.shutdownNow();
    transport.close();
  }

  private static CompletionStage<PeerAnswer> answer(Payload payload) {
    return CompletableFuture.completedFuture(new PeerAnswer.Answered(Answer.of(payload)));
  }

  private static Metadata hello(int version, Incarnation to, long link) {
    return new Hello(version, PEER, to, link, 1 << 20, Duration.ofSeconds(2)).print();
  }

  /** A stream as the sender sees it. */
  private final class Stream extends ClientCall.Listener<Replies> {

    private final ClientCall<Frames, Replies> call =
        channel.newCall(MeshGrpc.getLinkMethod(), CallOptions.DEFAULT);
    private final BlockingQueue<Replies> replies = new LinkedBlockingQueue<>();
    private final CompletableFuture<Metadata> accepted = new CompletableFuture<>();
    private final CompletableFuture<Status> end = new CompletableFuture<>();

    Stream(Metadata headers) {
      call.start(this, headers);
      call.request(100);
    }

    @Override
    public void onHeaders(Metadata headers) {
      accepted.complete(headers);
    }

    @Override
    public void onMessage(Replies batch) {
      replies.add(batch);
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      end.complete(status);
    }

    Stream accepted() throws Exception {
      accepted.get(20, TimeUnit.SECONDS);
      return this;
    }

    void send(Frame.Builder... frames) {
      var batch = Frames.newBuilder();
      for (Frame.Builder frame : frames) {
        batch.addFrames(frame);
      }
      call.sendMessage(batch.build());
    }

    Replies replies() throws InterruptedException {
      return replies.poll(20, TimeUnit.SECONDS);
    }

    Reply reply() throws InterruptedException {
      return replies().getReplies(0);
    }

    Status end() throws Exception {
      return end.get(20, TimeUnit.SECONDS);
    }
  }

  private Stream stream() throws Exception {
    return new Stream(hello(1, SELF, 1)).accepted();
  }

  private static org.spawnmesh.transport.grpc.wire.Invocation.Builder invocation() {
    return org.spawnmesh.transport.grpc.wire.Invocation.newBuilder()
        .setActor(Actor.newBuilder().setSystem("shop").setType("Cart").setName("alice"))
        .setAction("add");
  }

  private Object arrival() throws InterruptedException {
    return arrivals.poll(20, TimeUnit.SECONDS);
  }

  // ---- who may speak ----

  @Test
  void whoSpeaksToAnotherLifeIsTurnedAway() throws Exception {
    Status end = new Stream(hello(1, new Incarnation(9), 1)).end();
    assertThat(end.getCode()).isEqualTo(Status.Code.NOT_FOUND);
    assertThat(end.getDescription()).isEqualTo("who lives here is #1");
  }

  @Test
  void whoSpeaksAnotherVersionIsTurnedAway() throws Exception {
    Status end = new Stream(hello(2, SELF, 1)).end();
    assertThat(end.getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
    assertThat(end.getDescription()).isEqualTo("#2 speaks version 2 of the protocol, this node 1");
  }

  @Test
  void whoIsNoNodeIsTurnedAway() throws Exception {
    Status end = new Stream(new Metadata()).end();
    assertThat(end.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(end.getDescription()).isEqualTo("there is no header spawn-version");
  }

  @Test
  void aStreamTakesThePlaceOfTheOneBeforeOnItsLink() throws Exception {
    Stream first = stream();
    Stream other = new Stream(hello(1, SELF, 2)).accepted();
    Stream second = stream();
    assertThat(first.end().getCode()).isEqualTo(Status.Code.ABORTED);
    for (Stream alive : new Stream[] {other, second}) {
      alive.send(Frame.newBuilder().setCall(1).setPing(Ping.getDefaultInstance()));
      assertThat(alive.reply().hasPong()).isTrue();
    }
  }

  // ---- what is taken ----

  @Test
  void aNewerPeersFieldsAreIgnoredAndItsKindsAreRefused() throws Exception {
    Stream stream = stream();
    var newField =
        UnknownFieldSet.newBuilder()
            .addField(
                99,
                UnknownFieldSet.Field.newBuilder()
                    .addLengthDelimited(ByteString.copyFromUtf8("new"))
                    .build())
            .build();

    stream.send(
        Frame.newBuilder().setUnknownFields(newField),
        Frame.newBuilder().setCall(1).setUnknownFields(newField),
        Frame.newBuilder()
            .setCall(2)
            .setUnknownFields(newField)
            .setInvocation(invocation().setUnknownFields(newField)));

    Replies replies = stream.replies();
    assertThat(replies.getRepliesCount()).isEqualTo(2);
    assertThat(replies.getReplies(0).getCall()).isEqualTo(1);
    assertThat(replies.getReplies(0).getFailed().getCode()).isEqualTo(1006);
    assertThat(replies.getReplies(0).getFailed().getExecution()).isEqualTo(Execution.NOT_EXECUTED);
    assertThat(replies.getReplies(1).getCall()).isEqualTo(2);
    assertThat(replies.getReplies(1).hasAnswered()).isTrue();
    assertThat(arrivals).hasSize(1);
  }

  @Test
  void whatCannotBeIsRefusedAndTheRestIsTaken() throws Exception {
    Stream stream = stream();

    stream.send(
        Frame.newBuilder()
            .setCall(1)
            .setInvocation(invocation().setActor(Actor.getDefaultInstance())),
        Frame.newBuilder().setCall(2).setInvocation(invocation().setModeValue(7)),
        Frame.newBuilder().setReleased(Released.getDefaultInstance()),
        Frame.newBuilder().setClaim(org.spawnmesh.transport.grpc.wire.Claim.getDefaultInstance()),
        Frame.newBuilder().setPublished(Published.getDefaultInstance()));

    Replies replies = stream.replies();
    assertThat(replies.getReplies(0).getFailed().getExecution()).isEqualTo(Execution.NOT_EXECUTED);
    assertThat(replies.getReplies(0).getFailed().getMessage()).contains("system name is empty");
    assertThat(replies.getReplies(1).getFailed().getExecution()).isEqualTo(Execution.NOT_EXECUTED);
    assertThat(arrival()).isEqualTo(new PeerMessage.Claim());
    assertThat(arrival()).isEqualTo(new PeerMessage.Published());
  }

  @Test
  void timeThatIsLeftCountsFromHere() throws Exception {
    timers.advance(Duration.ofHours(1));
    Stream stream = stream();
    stream.send(
        Frame.newBuilder().setCall(1).setRemainingNanos(5_000).setInvocation(invocation()),
        Frame.newBuilder().setCall(2).setRemainingNanos(Long.MAX_VALUE).setInvocation(invocation()),
        Frame.newBuilder().setCall(3).setInvocation(invocation()));

    long hour = Duration.ofHours(1).toNanos();
    assertThat(((Invocation) arrival()).deadline()).isEqualTo(hour + 5_000);
    assertThat(((Invocation) arrival()).deadline())
        .isBetween(hour + Duration.ofDays(1_000).toNanos(), Invocation.NO_DEADLINE - 1);
    assertThat(((Invocation) arrival()).deadline()).isEqualTo(Invocation.NO_DEADLINE);
  }

  // ---- what is answered ----

  @Test
  void anAnswerThatCannotBeCarriedIsNoLie() throws Exception {
    Stream stream = stream();
    answers = invocation -> answer(Payload.of("t", new byte[(1 << 20) + 1]));
    stream.send(Frame.newBuilder().setCall(1).setInvocation(invocation()));
    Reply tooLarge = stream.reply();
    assertThat(tooLarge.getFailed().getCode()).isEqualTo(3002);
    assertThat(tooLarge.getFailed().getExecution()).isEqualTo(Execution.UNKNOWN);

    answers = invocation -> CompletableFuture.failedFuture(new IllegalStateException("on purpose"));
    stream.send(Frame.newBuilder().setCall(2).setInvocation(invocation()));
    assertThat(stream.reply().getFailed().getExecution()).isEqualTo(Execution.UNKNOWN);

    answers =
        invocation -> {
          throw new IllegalStateException("on purpose");
        };
    stream.send(Frame.newBuilder().setCall(3).setInvocation(invocation()));
    assertThat(stream.reply().getFailed().getExecution()).isEqualTo(Execution.UNKNOWN);
  }

  @Test
  void aStreamOnWhichNothingIsSaidShowsThatItLives() throws Exception {
    Stream stream = stream();
    for (int i = 0; i < 3; i++) {
      while (!timers.advanceToNext()) {
        Thread.onSpinWait(); // the next is planned by the event loop
      }
      assertThat(stream.replies()).isEqualTo(Replies.getDefaultInstance());
    }
  }
}
