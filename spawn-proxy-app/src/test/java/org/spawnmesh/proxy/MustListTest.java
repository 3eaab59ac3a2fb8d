package org.spawnmesh.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.spawnmesh.proxy.RunningProxy.SYSTEM;
import static org.spawnmesh.proxy.RunningProxy.actor;
import static org.spawnmesh.proxy.RunningProxy.registration;
import static org.spawnmesh.proxy.RunningProxy.request;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.StringValue;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.spawnmesh.protocol.ActorInvocation;
import org.spawnmesh.protocol.InvocationResponse;
import org.spawnmesh.protocol.Noop;
import org.spawnmesh.protocol.RegistrationResponse;
import org.spawnmesh.protocol.Status;
import org.spawnmesh.protocol.actors.Action;
import org.spawnmesh.protocol.actors.Actor;
import org.spawnmesh.protocol.actors.ActorId;
import org.spawnmesh.protocol.actors.ActorState;
import org.spawnmesh.protocol.actors.ActorSystem;
import org.spawnmesh.protocol.actors.Channel;
import org.spawnmesh.protocol.actors.FixedTimerAction;
import org.spawnmesh.protocol.actors.Kind;
import org.spawnmesh.protocol.actors.Metadata;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** What hosts with published SDKs rely on, one test for each entry of the must-list. */
@ExtendWith(OutputCaptureExtension.class)
class MustListTest {

  @TempDir static Path directory;
  static TestHost host;
  static RunningProxy proxy;

  @BeforeAll
  static void start() {
    host = TestHost.start();
    proxy = RunningProxy.start(directory, host);
  }

  @AfterAll
  static void stop() {
    proxy.close();
    host.close();
  }

  @Test
  void c1_theAnswerToARegistrationIsCompressedHoweverSmall() throws Exception {
    HttpResponse<byte[]> response =
        proxy.post(
            "/api/v1/system",
            registration(actor(Kind.NAMED, "c1", "count")).toByteArray(),
            "Accept-Encoding",
            "gzip");

    assertThat(response.headers().firstValue("content-encoding")).contains("gzip");
    byte[] plain = new GZIPInputStream(new ByteArrayInputStream(response.body())).readAllBytes();
    assertThat(RegistrationResponse.parseFrom(plain).getStatus().getMessage())
        .isEqualTo("Accepted");
  }

  @Test
  void c1_whoDoesNotAcceptGzipGetsNone() throws Exception {
    HttpResponse<byte[]> response =
        proxy.post("/api/v1/system", registration(actor(Kind.NAMED, "c1", "count")).toByteArray());

    assertThat(response.headers().firstValue("content-encoding")).isEmpty();
  }

  @Test
  void anAnswerToACallIsCompressedIfItIsLargeEnough() throws Exception {
    host.on(
        "say",
        call -> {
          var reply = TestHost.reply(call);
          reply.setValue(call.getValue());
          return reply;
        });
    proxy.register(actor(Kind.NAMED, "c1-size", "say"));

    assertThat(encodingOfAnEcho(10)).isEmpty();
    assertThat(encodingOfAnEcho(10_000)).contains("gzip");
  }

  private static Optional<String> encodingOfAnEcho(int size) throws Exception {
    byte[] body =
        request("c1-size", "say")
            .setValue(Any.pack(StringValue.of("x".repeat(size))))
            .build()
            .toByteArray();
    return proxy
        .post(
            "/api/v1/system/" + SYSTEM + "/actors/c1-size/invoke", body, "Accept-Encoding", "gzip")
        .headers()
        .firstValue("content-encoding");
  }

  @Test
  void c2_channelsAreReadInBothEncodings() throws Exception {
    host.on("listen", call -> TestHost.reply(call))
        .on("receive", call -> TestHost.reply(call))
        .on(
            "shout",
            call -> {
              var reply = TestHost.reply(call);
              reply
                  .getWorkflowBuilder()
                  .getBroadcastBuilder()
                  .setChannelGroup("c2.topic")
                  .setValue(call.getValue());
              return reply;
            });
    proxy.register(
        actor(Kind.NAMED, "c2-message", "listen")
            .setMetadata(
                Metadata.newBuilder()
                    .addChannelGroup(
                        Channel.newBuilder()
                            .setTopic("c2.topic")
                            .setAction("listen")
                            .build()
                            .toByteString())),
        actor(Kind.NAMED, "c2-text", "receive")
            .setMetadata(
                Metadata.newBuilder().addChannelGroup(ByteString.copyFromUtf8("c2.topic"))),
        actor(Kind.NAMED, "c2-shouter", "shout"));

    proxy.invoke(request("c2-shouter", "shout").setValue(TestHost.number(7)));

    ActorInvocation first =
        host.await(call -> call.getActor().getName().matches("c2-(message|text)"));
    ActorInvocation second =
        host.await(call -> call.getActor().getName().matches("c2-(message|text)"));
    assertThat(java.util.Set.of(named(first), named(second)))
        .containsExactlyInAnyOrder("c2-message.listen", "c2-text.receive");
    assertThat(first.getValue()).isEqualTo(TestHost.number(7));
  }

  private static String named(ActorInvocation call) {
    return call.getActor().getName() + "." + call.getActionName();
  }

  @Test
  void c3_systemAndParentMayBeLeftOut() throws Exception {
    proxy.register(actor(Kind.UNNAMED, "c3-template", "count"));
    proxy.spawn("c3-instance", "c3-template", "");

    InvocationResponse response =
        proxy.invoke(
            org.spawnmesh.protocol.InvocationRequest.newBuilder()
                .setSystem(ActorSystem.newBuilder().setName(SYSTEM))
                .setActor(Actor.newBuilder().setId(ActorId.newBuilder().setName("c3-instance")))
                .setActionName("count"));

    assertThat(TestHost.number(response.getValue())).isEqualTo(1);
  }

  @Test
  void c4_hostsSeeTheParentOfAnInstanceAndNoneOfANamedActor() throws Exception {
    proxy.register(
        actor(Kind.UNNAMED, "c4-template", "count"), actor(Kind.NAMED, "c4-named", "count"));
    proxy.spawn("c4-instance", "c4-template", "");

    proxy.count("c4-instance");
    proxy.count("c4-named");

    ActorId instance =
        host.await(call -> call.getActor().getName().equals("c4-instance")).getActor();
    assertThat(instance.getParent()).isEqualTo("c4-template");
    assertThat(instance.getSystem()).isEqualTo(SYSTEM);
    ActorId named = host.await(call -> call.getActor().getName().equals("c4-named")).getActor();
    assertThat(named.getParent()).isEmpty();
    assertThat(named.getSystem()).isEqualTo(SYSTEM);
  }

  @Test
  void c5_noStateIsNoStateInTheCall() throws Exception {
    proxy.register(actor(Kind.NAMED, "c5", "nothing"));

    proxy.invoke("c5", "nothing");

    ActorInvocation call = host.await(seen -> seen.getActor().getName().equals("c5"));
    assertThat(call.getCurrentContext().hasState()).isFalse();
  }

  @Test
  void c6_theFirstStateAndTagsAreThoseOfTheRegistration() throws Exception {
    Any empty = Any.newBuilder().setTypeUrl("type.googleapis.com/test.UserState").build();
    proxy.register(
        actor(Kind.NAMED, "c6", "nothing")
            .setState(ActorState.newBuilder().setState(empty).putTags("colour", "red")));

    proxy.invoke("c6", "nothing");

    ActorInvocation call = host.await(seen -> seen.getActor().getName().equals("c6"));
    assertThat(call.getCurrentContext().getState()).isEqualTo(empty);
    assertThat(call.getCurrentContext().getTagsMap()).containsEntry("colour", "red");
  }

  @Test
  void c6_aStateTypeIsAnEmptyMessageOfThatType() throws Exception {
    Actor.Builder typed = actor(Kind.NAMED, "c6-typed", "nothing");
    typed.getSettingsBuilder().setStateType(".test.UserState");
    proxy.register(typed);

    proxy.invoke("c6-typed", "nothing");

    ActorInvocation call = host.await(seen -> seen.getActor().getName().equals("c6-typed"));
    assertThat(call.getCurrentContext().getState().getTypeUrl())
        .isEqualTo("type.googleapis.com/test.UserState");
  }

  @Test
  void c7_theHostIsCalledWithOneWholeBodyOfKnownLength() throws Exception {
    proxy.register(actor(Kind.NAMED, "c7", "echo"));
    Any large =
        Any.newBuilder()
            .setTypeUrl("type.googleapis.com/test.Bytes")
            .setValue(ByteString.copyFrom(new byte[200_000]))
            .build();

    assertThat(proxy.invoke(request("c7", "echo").setValue(large)).getValue()).isEqualTo(large);
    assertThat(host.headersOfLastCall())
        .containsEntry("content-type", "application/octet-stream")
        .containsKey("content-length")
        .doesNotContainKey("transfer-encoding");
  }

  @Test
  void c8_aHostMayCloseTheConnectionAfterEachReply() throws Exception {
    proxy.register(actor(Kind.NAMED, "c8", "count"));
    host.closesConnections(true);
    try {
      for (int i = 1; i <= 20; i++) {
        assertThat(proxy.count("c8")).isEqualTo(i);
      }
    } finally {
      host.closesConnections(false);
    }
  }

  @Test
  void c9_everyAnswerToAnInvocationIsAMessage() throws Exception {
    proxy.register(actor(Kind.NAMED, "c9", "broken", "count"));

    failed(proxy.exchange(request("c9", "broken").build()), 500, Status.ERROR, "SP3001");
    failed(proxy.exchange(request("c9", "missing").build()), 404, Status.ERROR, "SP1002");
    failed(proxy.exchange(request("c9-x", "count").build()), 404, Status.ACTOR_NOT_FOUND, "SP1007");
    failed(proxy.exchange(request("", "count").build()), 400, Status.ERROR, "SP1006");
    failed(proxy.exchange(request("c9", "").build()), 400, Status.ERROR, "SP1006");
  }

  static void failed(HttpResponse<byte[]> response, int http, Status status, String code)
      throws Exception {
    assertThat(response.body()).isNotEmpty();
    InvocationResponse message = InvocationResponse.parseFrom(response.body());
    assertThat(message.getStatus().getMessage()).startsWith(code + " ");
    assertThat(message.getStatus().getStatus()).isEqualTo(status);
    assertThat(response.statusCode()).isEqualTo(http);
  }

  @Test
  void c9_anUnknownActorIsAnsweredWithinASecond() throws Exception {
    long before = System.nanoTime();

    assertThat(proxy.invoke("c9-nobody", "count").getStatus().getStatus())
        .isEqualTo(Status.ACTOR_NOT_FOUND);
    assertThat(System.nanoTime() - before).isLessThan(TimeUnit.SECONDS.toNanos(1));
  }

  @Test
  void c10_registrationAndSpawnSayAccepted() throws Exception {
    RegistrationResponse registered = proxy.register(actor(Kind.UNNAMED, "c10", "count"));

    assertThat(registered.getStatus().getStatus()).isEqualTo(Status.OK);
    assertThat(registered.getStatus().getMessage()).isEqualTo("Accepted");
    assertThat(registered.getProxyInfo().getProtocolMajorVersion()).isEqualTo(1);
    assertThat(registered.getProxyInfo().getProtocolMinorVersion()).isEqualTo(2);
    assertThat(registered.getProxyInfo().getProxyName()).isEqualTo("spawn");
    assertThat(proxy.spawn("c10-a", "c10", "").getStatus().getMessage()).isEqualTo("Accepted");
  }

  @Test
  void c11_secondsOfATimerAreMilliseconds() throws Exception {
    host.on("tick", call -> TestHost.reply(call));
    proxy.register(
        actor(Kind.NAMED, "c11")
            .addTimerActions(
                FixedTimerAction.newBuilder()
                    .setSeconds(20)
                    .setAction(Action.newBuilder().setName("tick"))));

    // active without a call, and 3 ticks of 20 s would be too late for this test
    for (int i = 0; i < 3; i++) {
      assertThat(host.await("tick").getActor().getName()).isEqualTo("c11");
    }
  }

  @Test
  void c12_scheduledCallsAreAnsweredAtOnceAndRunWhenDue() throws Exception {
    host.on("due", call -> TestHost.reply(call));
    proxy.register(actor(Kind.NAMED, "c12", "due"));
    long due = System.currentTimeMillis() + 300;

    InvocationResponse response =
        proxy.invoke(request("c12", "due").setScheduledTo(due).setValue(TestHost.number(1)));

    assertThat(response.getStatus().getStatus()).isEqualTo(Status.OK);
    assertThat(response.hasValue()).isFalse();
    assertThat(host.await("due").getValue()).isEqualTo(TestHost.number(1));
    assertThat(System.currentTimeMillis()).isGreaterThanOrEqualTo(due);

    for (long soon : new long[] {1, System.currentTimeMillis() - 60_000}) {
      proxy.invoke(request("c12", "due").setScheduledTo(soon).setValue(TestHost.number(2)));
      assertThat(host.await("due").getValue()).isEqualTo(TestHost.number(2));
    }
  }

  @Test
  void c12_theEndOfTimeIsRefusedAndNothingWaitsForIt() throws Exception {
    proxy.register(actor(Kind.NAMED, "c12-far", "count"));

    failed(
        proxy.exchange(request("c12-far", "count").setScheduledTo(Long.MAX_VALUE).build()),
        400,
        Status.ERROR,
        "SP1006");
    assertThat(
            proxy
                .invoke(request("c12-far", "count").setScheduledTo(Long.MIN_VALUE))
                .getStatus()
                .getStatus())
        .isEqualTo(Status.OK);
  }

  @Test
  void c13_actionsSpawnAndInvokeWhileTheyRun() throws Exception {
    host.on(
        "busy",
        call -> {
          proxy.spawn("c13-child", "c13-template", "");
          return TestHost.reply(call).setValue(TestHost.number(proxy.count("c13-child")));
        });
    proxy.register(actor(Kind.NAMED, "c13", "busy"), actor(Kind.UNNAMED, "c13-template", "count"));

    assertThat(TestHost.number(proxy.invoke("c13", "busy").getValue())).isEqualTo(1);
  }

  @Test
  void c14_theLogSaysWhenTheProxyIsReady(CapturedOutput output, @TempDir Path other) {
    RunningProxy.start(other, host).close();

    assertThat(output).contains("Proxy Application started successfully");
  }

  @Test
  void c15_nothingToSayIsOkWithoutPayload() throws Exception {
    proxy.register(actor(Kind.NAMED, "c15", "count"));

    for (String action : new String[] {"get", "Get", "get_state", "getState", "GetState"}) {
      InvocationResponse none = proxy.invoke("c15", action);
      assertThat(none.getStatus().getStatus()).isEqualTo(Status.OK);
      assertThat(none.getPayloadCase()).isEqualTo(InvocationResponse.PayloadCase.PAYLOAD_NOT_SET);
    }
    InvocationResponse async = proxy.invoke(request("c15", "count").setAsync(true));
    assertThat(async.getStatus().getStatus()).isEqualTo(Status.OK);
    assertThat(async.hasValue()).isFalse();
    assertThat(proxy.count("c15")).isEqualTo(2);
    assertThat(TestHost.number(proxy.invoke("c15", "getState").getValue())).isEqualTo(2);
  }

  @Test
  void noopsAndMetadataAndTheCallerReachTheHost() throws Exception {
    proxy.register(actor(Kind.NAMED, "all", "nothing"));

    proxy.invoke(
        request("all", "nothing")
            .setNoop(Noop.getDefaultInstance())
            .putMetadata("request-timeout", "10000")
            .putMetadata("mine", "1")
            .setCaller(ActorId.newBuilder().setName("someone").setSystem(SYSTEM)));

    ActorInvocation call = host.await(seen -> seen.getActor().getName().equals("all"));
    assertThat(call.hasNoop()).isTrue();
    assertThat(call.getCurrentContext().getMetadataMap())
        .containsEntry("mine", "1")
        .containsEntry("request-timeout", "10000");
    assertThat(call.getCaller().getName()).isEqualTo("someone");
  }

  @Test
  void aCallersDeadlineHolds() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    host.on(
        "slow",
        call -> {
          release.await(20, TimeUnit.SECONDS);
          return TestHost.reply(call);
        });
    proxy.register(actor(Kind.NAMED, "slow", "slow"));
    try {
      failed(
          proxy.exchange(request("slow", "slow").putMetadata("request-timeout", "200").build()),
          504,
          Status.ERROR,
          "SP2002");
    } finally {
      release.countDown();
    }
    failed(
        proxy.exchange(request("slow", "slow").putMetadata("request-timeout", "soon").build()),
        400,
        Status.ERROR,
        "SP1006");
    for (long past : new long[] {-1, Long.MIN_VALUE, 0}) {
      failed(
          proxy.exchange(request("slow", "slow").putMetadata("request-timeout", "" + past).build()),
          504,
          Status.ERROR,
          "SP2002");
    }
    assertThat(
            proxy
                .invoke(request("slow", "slow").putMetadata("request-timeout", "" + Long.MAX_VALUE))
                .getStatus()
                .getStatus())
        .isEqualTo(Status.OK);
  }

  @Test
  void http2WithPriorKnowledgeAndByUpgrade() throws Exception {
    proxy.register(actor(Kind.NAMED, "h2", "count"));
    HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(proxy.base + "/api/v1/system/shop/actors/h2/invoke"))
            .header("Content-Type", "application/protobuf")
            .POST(
                HttpRequest.BodyPublishers.ofByteArray(
                    request("h2", "count").build().toByteArray()))
            .build();

    for (int i = 1; i <= 3; i++) {
      HttpResponse<byte[]> response = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
      assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_2);
      assertThat(TestHost.number(InvocationResponse.parseFrom(response.body()).getValue()))
          .isEqualTo(i);
    }
  }
}
