package org.spawnmesh.transport.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.Answer;
import org.spawnmesh.actor.Broadcast;
import org.spawnmesh.actor.Execution;
import org.spawnmesh.actor.Failure;
import org.spawnmesh.actor.FailureCode;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.actor.Payload;
import org.spawnmesh.actor.PayloadEncodingException;
import org.spawnmesh.cluster.Member;
import org.spawnmesh.cluster.PeerAnswer;
import org.spawnmesh.cluster.PeerMessage;
import org.spawnmesh.cluster.PeerTransport;
import org.spawnmesh.cluster.PeerTransport.Link;
import org.spawnmesh.cluster.PeerTransport.Reach;
import org.spawnmesh.store.Incarnation;
import org.spawnmesh.test.VirtualTimers;
import org.spawnmesh.transport.grpc.wire.Answered;
import org.spawnmesh.transport.grpc.wire.Failed;
import org.spawnmesh.transport.grpc.wire.Frame;
import org.spawnmesh.transport.grpc.wire.Frames;
import org.spawnmesh.transport.grpc.wire.Pong;
import org.spawnmesh.transport.grpc.wire.Reply;

/** What a node sends, and when, told by a peer that follows a script; in virtual time. */
class SenderTest {

  private static final Incarnation SELF = new Incarnation(1);
  private static final Incarnation PEER = new Incarnation(2);
  private static final ActorId CART = ActorId.of("shop", "Cart", "alice");

  private static final GrpcTransportSettings SETTINGS =
      GrpcTransportSettings.DEFAULTS
          .withInvocations(2_000, 4 << 20)
          .withMessages(10, 1 << 20)
          .withFrameBytes(1 << 20)
          .withBatchBytes(64 << 10)
          .withCloseTimeout(Duration.ofMillis(100));

  private final VirtualTimers timers = new VirtualTimers();
  private final BlockingQueue<Reach> news = new LinkedBlockingQueue<>();
  private final GrpcTransport transport =
      new GrpcTransport(
          ListenAddress.LOOPBACK,
          SETTINGS,
          null,
          timers,
          new Random(1),
          Thread.ofPlatform().daemon().factory());
  private ScriptedPeer peer;
  private Link link;

  @BeforeEach
  void start() throws IOException {
    peer = new ScriptedPeer();
    transport.start(
        new PeerTransport.Inbox() {
          @Override
          public CompletionStage<PeerAnswer> invoked(
              Incarnation from, long view, Invocation invocation) {
            throw new AssertionError("Nobody invokes this node");
          }

          @Override
          public void received(Incarnation from, long view, PeerMessage message) {
            throw new AssertionError("Nobody sends to this node");
          }

          @Override
          public void broken(Incarnation to, Reach reach) {
            assertThat(to).isEqualTo(PEER);
            news.add(reach);
          }
        });
    transport.identify(SELF);
    link = linkTo(peer.address());
  }

  @AfterEach
  void stop() {
    transport.close();
    peer.close();
  }

  private Link linkTo(String address) {
    return transport.link(new Member(PEER, "peer", address, "1", Map.of()));
  }

  private static Invocation ask() {
    return Invocation.ask(CART, "add", Payload.NONE);
  }

  private static Invocation ask(int bytes) {
    return Invocation.ask(CART, "add", Payload.of("t", new byte[bytes]));
  }

  private static Reply.Builder ok(Frame frame) {
    return Reply.newBuilder().setCall(frame.getCall()).setAnswered(Answered.getDefaultInstance());
  }

  private static PeerAnswer await(CompletionStage<PeerAnswer> answer) throws Exception {
    return answer.toCompletableFuture().get(ScriptedPeer.PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  private static Reach awaitReach(CompletionStage<Reach> reach) throws Exception {
    return reach.toCompletableFuture().get(ScriptedPeer.PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  private Reach awaitNews() throws InterruptedException {
    return news.poll(ScriptedPeer.PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  private static void assertOk(CompletionStage<PeerAnswer> answer) throws Exception {
    assertThat(await(answer)).isEqualTo(new PeerAnswer.Answered(Answer.EMPTY));
  }

  private static Failure failure(CompletionStage<PeerAnswer> answer) throws Exception {
    return ((Answer.Failed) ((PeerAnswer.Answered) await(answer)).answer()).failure();
  }

  private static void assertFailed(
      CompletionStage<PeerAnswer> answer, FailureCode code, Execution execution) throws Exception {
    Failure failure = failure(answer);
    assertThat(failure.code()).as(failure.toString()).isEqualTo(code);
    assertThat(failure.execution()).as(failure.toString()).isEqualTo(execution);
  }

  // ---- greeting and batches ----

  @Test
  void saysWhoItIsAndSendsNothingBeforeItIsAccepted() throws Exception {
    CompletionStage<PeerAnswer> answer = link.invoke(7, ask());
    ScriptedPeer.Stream stream = peer.stream();
    Hello hello = Hello.parse(stream.headers);
    assertThat(hello.version()).isEqualTo(1);
    assertThat(hello.from()).isEqualTo(SELF);
    assertThat(hello.to()).isEqualTo(PEER);
    stream.refuse(Ends.OTHER_LIFE);
    assertFailed(answer, FailureCode.NODE_UNAVAILABLE, Execution.NOT_EXECUTED);
    assertThat(stream.hasBatch()).isFalse();
    assertThat(awaitNews()).isEqualTo(Reach.GONE);
  }

  @Test
  void whatWaitsIsSentTogetherInBatchesOfBoundedSize() throws Exception {
    List<CompletionStage<PeerAnswer>> answers = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      answers.add(link.invoke(i, ask(1_000)));
    }
    ScriptedPeer.Stream stream = peer.stream().accept(1 << 20);
    int received = 0;
    int batches = 0;
    while (received < 1_000) {
      Frames batch = stream.batch();
      assertThat(batch.getSerializedSize()).isLessThan(64 << 10);
      for (Frame frame : batch.getFramesList()) {
        assertThat(frame.getView()).isEqualTo(received++);
        stream.reply(ok(frame));
      }
      batches++;
    }
    for (CompletionStage<PeerAnswer> answer : answers) {
      assertOk(answer);
    }
    assertThat(batches).isBetween(17, 30);
  }

  @Test
  void anIncompatiblePeerIsNotTakenForGone() throws Exception {
    CompletionStage<PeerAnswer> answer = link.invoke(7, ask());
    peer.stream().refuse(Ends.OTHER_VERSION);
    assertFailed(answer, FailureCode.NODE_UNAVAILABLE, Execution.NOT_EXECUTED);
    assertThat(awaitNews()).isEqualTo(Reach.SILENT);
  }

  // ---- deadlines ----

  @Test
  void whatWaitedTooLongIsNotSentAndTheRestHasTheTimeThatIsLeft() throws Exception {
    CompletionStage<PeerAnswer> late =
        link.invoke(1, ask().withDeadline(Duration.ofMillis(400).toNanos()));
    CompletionStage<PeerAnswer> inTime =
        link.invoke(2, ask().withDeadline(Duration.ofSeconds(10).toNanos()));
    CompletionStage<PeerAnswer> always = link.invoke(3, ask());
    ScriptedPeer.Stream stream = peer.stream();
    timers.advance(Duration.ofMillis(400));
    stream.accept(1 << 20);

    Frames batch = stream.batch();

    assertFailed(late, FailureCode.DEADLINE_PASSED, Execution.NOT_EXECUTED);
    assertThat(batch.getFramesList()).extracting(Frame::getView).containsExactly(2L, 3L);
    assertThat(batch.getFrames(0).getRemainingNanos())
        .isEqualTo(Duration.ofMillis(9_600).toNanos());
    assertThat(batch.getFrames(1).hasRemainingNanos()).isFalse();
    stream.reply(ok(batch.getFrames(0)), ok(batch.getFrames(1)));
    assertOk(inTime);
    assertOk(always);
  }

  // ---- newer peers ----

  @Test
  void whatANewerPeerSaysIsNeverAPromiseItDidNotMake() throws Exception {
    List<CompletionStage<PeerAnswer>> answers = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      answers.add(link.invoke(1, ask()));
    }
    ScriptedPeer.Stream stream = peer.stream().accept(1 << 20);
    List<Frame> frames = new ArrayList<>();
    while (frames.size() < 7) {
      frames.addAll(stream.batch().getFramesList());
    }
    stream.reply(
        failed(frames.get(0), 1999, 1),
        failed(frames.get(1), 2999, 1),
        failed(frames.get(2), 3999, 2),
        failed(frames.get(3), 4999, 0),
        failed(frames.get(4), 9999, 1),
        failed(frames.get(5), 2001, 17),
        Reply.newBuilder().setCall(frames.get(6).getCall()));

    assertFailed(answers.get(0), FailureCode.REQUEST_INVALID, Execution.NOT_EXECUTED);
    assertFailed(answers.get(1), FailureCode.NODE_UNAVAILABLE, Execution.NOT_EXECUTED);
    assertFailed(answers.get(2), FailureCode.ACTION_FAILED, Execution.EXECUTED);
    assertFailed(answers.get(3), FailureCode.STORE_UNAVAILABLE, Execution.UNKNOWN);
    assertFailed(answers.get(4), FailureCode.NODE_UNAVAILABLE, Execution.NOT_EXECUTED);
    assertThat(failure(answers.get(4)).message()).isEqualTo("SP9999: why");
    assertFailed(answers.get(5), FailureCode.MAILBOX_FULL, Execution.UNKNOWN);
    assertFailed(answers.get(6), FailureCode.NODE_UNAVAILABLE, Execution.UNKNOWN);
  }

  private static Reply.Builder failed(Frame frame, int code, int execution) {
    return Reply.newBuilder()
        .setCall(frame.getCall())
        .setFailed(
            Failed.newBuilder().setCode(code).setMessage("why").setExecutionValue(execution));
  }

  @Test
  void repliesToNobodyAreIgnored() throws Exception {
    CompletionStage<PeerAnswer> first = link.invoke(1, ask());
    ScriptedPeer.Stream stream = peer.stream().accept(1 << 20);
    Frame frame = stream.batch().getFrames(0);
    stream.reply(ok(frame), ok(frame), Reply.newBuilder().setCall(99));
    assertOk(first);
    CompletionStage<PeerAnswer> second = link.invoke(1, ask());
    stream.reply(ok(stream.batch().getFrames(0)));
    assertOk(second);
    assertThat(news).isEmpty();
  }

  // ---- limits ----

  @Test
  void whatThePeerCannotTakeIsRefusedAndTheRestGoesOn() throws Exception {
    CompletionStage<PeerAnswer> tooLarge = link.invoke(1, ask(200_000));
    link.send(
        2, new PeerMessage.Cast(new Broadcast("t", "", ask(200_000).payload()), CART, Map.of()));
    CompletionStage<PeerAnswer> fits = link.invoke(3, ask(50_000));
    ScriptedPeer.Stream stream = peer.stream().accept(100_000);
    Frames batch = stream.batch();
    assertThat(batch.getFramesList()).extracting(Frame::getView).containsExactly(3L);
    stream.reply(ok(batch.getFrames(0)));
    assertOk(fits);
    assertFailed(tooLarge, FailureCode.PAYLOAD_TOO_LARGE, Execution.NOT_EXECUTED);
    assertFailed(
        link.invoke(1, ask(2 << 20)), FailureCode.PAYLOAD_TOO_LARGE, Execution.NOT_EXECUTED);
  }

  @Test
  void whatCannotBeEncodedIsRefused() throws Exception {
    var broken =
        new Payload() {
          @Override
          public String type() {
            return "t";
          }

          @Override
          public byte[] bytes() {
            throw new PayloadEncodingException("no getter", null);
          }

          @Override
          public int knownSize() {
            return -1;
          }
        };
    assertFailed(
        link.invoke(1, Invocation.ask(CART, "add", broken)),
        FailureCode.PAYLOAD_UNREADABLE,
        Execution.NOT_EXECUTED);
  }

  @Test
  void aPeerThatDoesNotReadFillsTheRoomAndMessagesHaveTheirOwn() throws Exception {
    List<CompletionStage<PeerAnswer>> answers = new ArrayList<>();
    CompletionStage<PeerAnswer> refused = null;
    while (refused == null) {
      CompletionStage<PeerAnswer> answer = link.invoke(1, ask(100_000));
      if (answer.toCompletableFuture().isDone()) {
        refused = answer;
      } else {
        answers.add(answer);
      }
    }
    assertFailed(refused, FailureCode.NODE_OVERLOADED, Execution.NOT_EXECUTED);
    assertThat(failure(refused).retryAfter()).isNotNull();
    assertThat(answers).hasSize((4 << 20) / 100_200);
    var cast = new PeerMessage.Cast(new Broadcast("t", "", Payload.NONE), CART, Map.of());
    for (int i = 0; i < 20; i++) {
      link.send(2, cast);
    }
    for (int i = 0; i < 20; i++) {
      link.send(3, new PeerMessage.Published());
    }

    ScriptedPeer.Stream stream = peer.stream().accept(1 << 20);
    int[] byView = new int[4];
    while (byView[3] < 10) {
      for (Frame frame : stream.batch().getFramesList()) {
        byView[(int) frame.getView()]++;
        if (frame.getCall() != 0) {
          stream.reply(ok(frame));
        }
      }
    }
    // 10 of each kind: one more is dropped
    assertThat(byView).containsExactly(0, answers.size(), 10, 10);
    for (CompletionStage<PeerAnswer> answer : answers) {
      assertOk(answer);
    }
    assertThat(link.invoke(1, ask(100_000)).toCompletableFuture()).isNotDone();
  }

  @Test
  void whatIsWrittenIsBoundedByWhatThePeerReads() throws Exception {
    for (int i = 0; i < 20; i++) {
      link.invoke(i, ask(200_000));
    }
    ScriptedPeer.Stream stream = peer.stream().accept(1 << 20);
    Frames first = stream.batch();
    assertThat(first.getFramesCount()).isEqualTo(1);
    stream.refuse(Status.UNAVAILABLE); // breaks while most of it surely waits here
    ScriptedPeer.Stream next = peer.stream().accept(1 << 20);
    long resumedAt = next.batch().getFrames(0).getView();
    // the windows of the connection and the socket's buffers hold some, never all
    assertThat(resumedAt).isBetween(1L, 18L);
  }

  // ---- breaks ----

  @Test
  void connectsAgainAtOnceThenPausesAndGivesUpWhatWaitsAtEachFailure() throws Exception {
    CompletionStage<PeerAnswer> sent = link.invoke(1, ask());
    ScriptedPeer.Stream stream = peer.stream().accept(1 << 20);
    stream.batch();
    stream.refuse(Status.UNAVAILABLE);
    assertFailed(sent, FailureCode.NODE_UNAVAILABLE, Execution.UNKNOWN);
    peer.stream().refuse(Status.UNAVAILABLE); // at once, though no time has passed
    assertThat(awaitNews()).isEqualTo(Reach.SILENT);

    CompletionStage<PeerAnswer> waits = link.invoke(2, ask());
    assertThat(waits.toCompletableFuture()).isNotDone();
    advanceUntilStream().refuse(Status.UNAVAILABLE);
    assertFailed(waits, FailureCode.NODE_UNAVAILABLE, Execution.NOT_EXECUTED);
    assertThat(awaitNews()).isEqualTo(Reach.SILENT);

    CompletionStage<PeerAnswer> succeeds = link.invoke(3, ask());
    stream = advanceUntilStream().accept(1 << 20);
    assertThat(awaitNews()).isEqualTo(Reach.THERE);
    stream.reply(ok(stream.batch().getFrames(0)));
    assertOk(succeeds);
  }

  /** The pause was planned by another thread, at the latest when the link has looked at a probe. */
  private ScriptedPeer.Stream advanceUntilStream() throws Exception {
    while (!timers.advanceToNext()) {
      Thread.onSpinWait();
    }
    return peer.stream();
  }

  @Test
  void aProbeDoesNotWaitForThePause() throws Exception {
    CompletionStage<PeerAnswer> answer = link.invoke(1, ask());
    peer.stream().refuse(Status.UNAVAILABLE);
    assertFailed(answer, FailureCode.NODE_UNAVAILABLE, Execution.NOT_EXECUTED);
    CompletionStage<Reach> probe = link.probe(Duration.ofMinutes(1));
    peer.stream().accept(1 << 20);
    assertThat(awaitReach(probe)).isEqualTo(Reach.THERE);
  }

  @Test
  void aProbeOfAnOpenConnectionAsksThePeer() throws Exception {
    link.invoke(1, ask());
    ScriptedPeer.Stream stream = peer.stream().accept(1 << 20);
    stream.batch();
    CompletionStage<Reach> probe = link.probe(Duration.ofSeconds(1));
    Frame ping = stream.batch().getFrames(0);
    assertThat(ping.hasPing()).isTrue();
    assertThat(probe.toCompletableFuture()).isNotDone();
    stream.reply(Reply.newBuilder().setCall(ping.getCall()).setPong(Pong.getDefaultInstance()));
    assertThat(awaitReach(probe)).isEqualTo(Reach.THERE);

    CompletionStage<Reach> unanswered = link.probe(Duration.ofSeconds(1));
    stream.batch();
    timers.advance(Duration.ofSeconds(1));
    assertThat(awaitReach(unanswered)).isEqualTo(Reach.SILENT);
  }

  @Test
  void aConnectionOnWhichNothingIsHeardIsGivenUp() throws Exception {
    CompletionStage<PeerAnswer> answer = link.invoke(1, ask());
    ScriptedPeer.Stream stream = peer.stream().accept(1 << 20);
    Frame frame = stream.batch().getFrames(0);
    timers.advance(Duration.ofMillis(3_000));
    stream.reply(); // a sign of life
    CompletionStage<Reach> probe = link.probe(Duration.ofMinutes(1));
    Frame ping = stream.batch().getFrames(0);
    stream.reply(Reply.newBuilder().setCall(ping.getCall()).setPong(Pong.getDefaultInstance()));
    assertThat(awaitReach(probe)).isEqualTo(Reach.THERE); // so it was heard, too
    timers.advance(Duration.ofMillis(3_900));
    link.probe(Duration.ofMinutes(1));
    stream.batch(); // by now the link has looked, and will look again
    assertThat(answer.toCompletableFuture()).isNotDone();
    assertThat(frame.getCall()).isPositive();

    timers.advance(Duration.ofMillis(200));

    assertFailed(answer, FailureCode.NODE_UNAVAILABLE, Execution.UNKNOWN);
    assertThat(awaitNews()).isEqualTo(Reach.SILENT);
  }

  @Test
  void aNodeThatStoodStillListensOnceMoreBeforeItBlamesThePeer() throws Exception {
    CompletionStage<PeerAnswer> answer = link.invoke(1, ask());
    ScriptedPeer.Stream stream = peer.stream().accept(1 << 20);
    stream.batch();
    timers.advance(Duration.ofMinutes(1));
    link.probe(Duration.ofMinutes(1));
    stream.batch(); // by now the link has looked
    assertThat(answer.toCompletableFuture()).isNotDone();

    timers.advance(SETTINGS.patience());

    assertFailed(answer, FailureCode.NODE_UNAVAILABLE, Execution.UNKNOWN);
    assertThat(awaitNews()).isEqualTo(Reach.SILENT);
  }

  @Test
  void aConnectionThatBreaksAgainAndAgainIsMadeWithPauses() throws Exception {
    CompletionStage<PeerAnswer> first = link.invoke(1, ask());
    ScriptedPeer.Stream stream = peer.stream().accept(1 << 20);
    stream.batch();
    stream.refuse(Status.UNAVAILABLE);
    assertFailed(first, FailureCode.NODE_UNAVAILABLE, Execution.UNKNOWN);
    stream = peer.stream().accept(1 << 20); // at once
    assertThat(awaitNews()).isEqualTo(Reach.THERE);
    CompletionStage<PeerAnswer> second = link.invoke(1, ask());
    stream.batch();
    stream.refuse(Status.UNAVAILABLE);
    assertFailed(second, FailureCode.NODE_UNAVAILABLE, Execution.UNKNOWN);

    advanceUntilStream();

    // had it tried at once, the next thing planned were its timeout
    assertThat(timers.nanoTime()).isBetween(1L, SETTINGS.backoffLeast().toNanos());
  }

  @Test
  void aPeerThatDoesNotGreetIsSilent() throws Exception {
    CompletionStage<PeerAnswer> answer = link.invoke(1, ask());
    peer.stream();
    timers.advance(SETTINGS.connectTimeout());
    assertFailed(answer, FailureCode.NODE_UNAVAILABLE, Execution.NOT_EXECUTED);
    assertThat(awaitNews()).isEqualTo(Reach.SILENT);
  }

  @Test
  void whereNothingListensNobodyIs() throws Exception {
    String address;
    try (var port = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      address = "127.0.0.1:" + port.getLocalPort();
    }
    link.close();
    transport.identify(new Incarnation(3));
    Link nobody = linkTo(address);
    assertFailed(nobody.invoke(1, ask()), FailureCode.NODE_UNAVAILABLE, Execution.NOT_EXECUTED);
    assertThat(awaitNews()).isEqualTo(Reach.GONE);
    assertThat(awaitReach(nobody.probe(Duration.ofMinutes(1)))).isEqualTo(Reach.GONE);
  }
}
