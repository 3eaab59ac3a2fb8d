package org.spawnmesh.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.spawnmesh.proxy.Fields.message;

import com.google.protobuf.ByteString;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.spawnmesh.protocol.ActorInvocation;
import org.spawnmesh.protocol.ActorInvocationResponse;
import org.spawnmesh.protocol.Context;
import org.spawnmesh.protocol.InvocationResponse;
import org.spawnmesh.protocol.RegistrationResponse;
import org.spawnmesh.protocol.Status;

/** What unmodified hosts were seen to send, byte for byte, and what they must get for it. */
class WireCapturesTest {

  private static final String SYSTEM = "spawn-system-test";

  @TempDir static Path directory;
  static TestHost host;
  static RunningProxy proxy;

  @BeforeAll
  static void start() {
    host = TestHost.start();
    proxy = RunningProxy.start(directory, host, "spawn.system=" + SYSTEM);
  }

  @AfterAll
  static void stop() {
    proxy.close();
    host.close();
  }

  private static void register(Fields request) throws Exception {
    RegistrationResponse response =
        RegistrationResponse.parseFrom(proxy.post("/api/v1/system", request.bytes()).body());
    assertThat(response.getStatus().getMessage()).isEqualTo("Accepted");
    assertThat(response.getStatus().getStatus()).isEqualTo(Status.OK);
  }

  private static InvocationResponse invoke(String path, Fields request) throws Exception {
    return InvocationResponse.parseFrom(
        proxy.post("/api/v1/system/" + SYSTEM + "/actors/" + path, request.bytes()).body());
  }

  private static Fields any(String type, String value) {
    return message().f(1, type).f(2, value);
  }

  private static Fields entry(String name, Fields actor) {
    return message().f(1, name).f(2, actor);
  }

  private static Fields strategy(long millis) {
    return message().f(1, message().f(1, millis));
  }

  private static Fields javaRegistration() {
    Fields named =
        message()
            .f(1, message().f(1, "JoeActor").f(2, SYSTEM))
            .f(2, message())
            .f(3, message().f(1, 1).f(2, 1).f(3, strategy(50_000)).f(4, strategy(60_000)))
            .f(4, message().f(1, "SetLanguage"))
            .f(6, message().f(1, message().f(1, "test.channel")));
    Fields stateless =
        message()
            .f(1, message().f(1, "StatelessActor").f(2, SYSTEM))
            .f(2, message())
            .f(3, message().f(1, 1).f(3, message()).f(4, strategy(60_000)))
            .f(4, message().f(1, "SetLanguage"))
            .f(6, message());
    Fields unnamed =
        message()
            .f(1, message().f(1, "UnNamedActor").f(2, SYSTEM))
            .f(2, message())
            .f(3, message().f(1, 2).f(2, 1).f(3, strategy(50_000)).f(4, strategy(60_000)))
            .f(4, message().f(1, "SetLanguage"))
            .f(6, message());
    return message()
        .f(1, message().f(1, "jvm-std-sdk").f(2, "0.5.0").f(3, "17.0.15").f(6, 1).f(7, 1))
        .f(
            2,
            message()
                .f(1, SYSTEM)
                .f(
                    2,
                    message()
                        .f(1, entry("JoeActor", named))
                        .f(1, entry("StatelessActor", stateless))
                        .f(1, entry("UnNamedActor", unnamed))));
  }

  @Test
  void javaRegistersInvokesAndAnswers() throws Exception {
    // 1:name 2:sys 3{1{Any State}} 4{Any Reply} 5:{}
    host.on(
        "SetLanguage",
        call ->
            ActorInvocationResponse.parseFrom(
                message()
                    .f(1, call.getActor().getName())
                    .f(2, call.getActor().getSystem())
                    .f(3, message().f(1, any("type.googleapis.com/domain.actors.State", "")))
                    .f(4, any("type.googleapis.com/domain.actors.Reply", "hi"))
                    .f(5, message())
                    .bytes())
                .toBuilder());
    register(javaRegistration());
    Fields body =
        message()
            .f(1, message().f(1, SYSTEM))
            .f(
                2,
                message().f(1, message().f(1, "UnNamedJoeActor").f(2, SYSTEM).f(3, "UnNamedActor")))
            .f(3, "SetLanguage")
            .f(4, any("type.googleapis.com/domain.actors.Request", "erlang"))
            .f(8, message().f(1, "request-timeout").f(2, "10000"))
            .f(11, "UnNamedActor");

    for (int i = 0; i < 2; i++) {
      InvocationResponse response = invoke("UnNamedJoeActor/invoke", body);

      assertThat(response.getStatus().getStatus()).isEqualTo(Status.OK);
      assertThat(response.getValue().getTypeUrl())
          .isEqualTo("type.googleapis.com/domain.actors.Reply");
      ActorInvocation call = host.await("SetLanguage");
      assertThat(call.getActor().getName()).isEqualTo("UnNamedJoeActor");
      assertThat(call.getActor().getParent()).isEqualTo("UnNamedActor");
      assertThat(call.getActor().getSystem()).isEqualTo(SYSTEM);
      assertThat(call.getValue().getValue()).isEqualTo(ByteString.copyFromUtf8("erlang"));
      assertThat(call.getCurrentContext().getMetadataMap())
          .containsEntry("request-timeout", "10000");
      assertThat(call.getCurrentContext().hasState()).isEqualTo(i > 0);
    }
    assertThat(
            invoke(
                    "JoeActor/invoke",
                    message()
                        .f(1, message().f(1, SYSTEM))
                        .f(2, message().f(1, message().f(1, "JoeActor").f(2, SYSTEM)))
                        .f(3, "SetLanguage")
                        .f(4, any("type.googleapis.com/google.protobuf.Empty", "")))
                .getStatus()
                .getStatus())
        .isEqualTo(Status.OK);
    assertThat(host.await("SetLanguage").getActor().getParent()).isEmpty();
  }

  @Test
  void nodeRegistersSpawnsAndAnswers() throws Exception {
    // 1{1:n 2:sys 3:n(UNNAMED only)} 2{2{1:"type.googleapis.com/UserState"}} 6:{} 3{…} 4{…}
    Fields actor =
        message()
            .f(1, message().f(1, "user").f(2, SYSTEM).f(3, "user"))
            .f(2, message().f(2, message().f(1, "type.googleapis.com/UserState")))
            .f(6, message())
            .f(3, message().f(1, 2).f(2, 1).f(3, strategy(3_000)).f(4, strategy(10_000)).f(5, 1))
            .f(4, message().f(1, "setName"));
    register(
        message()
            .f(
                1,
                message()
                    .f(1, "nodejs_sdk")
                    .f(2, "0.1.0")
                    .f(3, "nodejs_v20")
                    .f(4, "")
                    .f(5, "")
                    .f(6, 1)
                    .f(7, 1))
            .f(2, message().f(1, SYSTEM).f(2, message().f(1, entry("user", actor)))));
    host.on(
        "setName",
        call ->
            ActorInvocationResponse.parseFrom(
                message()
                    .f(1, call.getActor().getName())
                    .f(2, call.getActor().getSystem())
                    .f(
                        3,
                        message()
                            .f(1, any("type.googleapis.com/UserState", "ann"))
                            .f(
                                3,
                                message()
                                    .f(1, call.getActor().getName())
                                    .f(2, SYSTEM)
                                    .f(3, "user")))
                    .f(4, any("type.googleapis.com/UserState", "ann"))
                    .f(5, message())
                    .bytes())
                .toBuilder());
    proxy.post(
        "/api/v1/system/" + SYSTEM + "/actors/spawn",
        message().f(1, message().f(1, "user-1").f(2, SYSTEM).f(3, "user")).bytes());

    InvocationResponse response =
        invoke(
            "user-1/invoke",
            message()
                .f(1, message().f(1, SYSTEM))
                .f(2, message().f(1, message().f(1, "user-1").f(2, SYSTEM)))
                .f(3, "setName"));

    assertThat(response.getValue().getValue()).isEqualTo(ByteString.copyFromUtf8("ann"));
    ActorInvocation call = host.await("setName");
    assertThat(call.getPayloadCase()).isEqualTo(ActorInvocation.PayloadCase.PAYLOAD_NOT_SET);
    assertThat(call.getCurrentContext().getState().getTypeUrl())
        .isEqualTo("type.googleapis.com/UserState");
    assertThat(call.getActor().getParent()).isEqualTo("user");
  }

  @Test
  void springBootSendsItsWholeRegistryAndTheNameAlone() throws Exception {
    Fields mike =
        message()
            .f(1, message().f(1, "mike").f(2, SYSTEM))
            .f(2, message())
            .f(3, message().f(1, 1).f(2, 1).f(3, strategy(50_000)).f(4, strategy(60_000)))
            .f(4, message().f(1, "sum"))
            .f(6, message().f(1, ""));
    Fields system = message().f(1, SYSTEM).f(2, message().f(1, entry("mike", mike)));
    register(
        message()
            .f(1, message().f(1, "jvm-spring-boot-sdk").f(2, "0.1.1").f(3, "21").f(6, 1).f(7, 1))
            .f(2, system));
    host.on("sum", call -> TestHost.reply(call).setValue(call.getValue()));

    InvocationResponse response =
        invoke(
            "mike/invoke",
            message()
                .f(1, system)
                .f(2, message().f(1, message().f(1, "mike")))
                .f(3, "sum")
                .f(4, any("type.googleapis.com/domain.Request", "2")));

    assertThat(response.getValue().getValue()).isEqualTo(ByteString.copyFromUtf8("2"));
    assertThat(response.getSystem().getName()).isEqualTo(SYSTEM);
    assertThat(response.getSystem().hasRegistry()).isFalse();
    assertThat(host.await("sum").getActor().getSystem()).isEqualTo(SYSTEM);
  }

  @Test
  void pythonRegistersAChannelAsTextAndBroadcastsToIt() throws Exception {
    // … 3{1:1 2:1 3{1{1:2000}} 4{1{1:30000}}} 4{1:"setLanguage"} 5{1:1000 2{1:"hi"}} 6{1:"test"}
    Fields joe =
        message()
            .f(1, message().f(1, "joe").f(2, SYSTEM))
            .f(2, message())
            .f(3, message().f(1, 1).f(2, 1).f(3, strategy(2_000)).f(4, strategy(30_000)))
            .f(4, message().f(1, "setLanguage"))
            .f(5, message().f(1, 1_000).f(2, message().f(1, "hi")))
            .f(6, message().f(1, "test"));
    // 1:"joe" 2:sys 3{1{Any State}} 5{2{1:"test" 2:"setLanguage" 3{Any Request}}} 6:{}
    host.on(
        "hi",
        call ->
            ActorInvocationResponse.parseFrom(
                message()
                    .f(1, "joe")
                    .f(2, SYSTEM)
                    .f(3, message().f(1, any("type.googleapis.com/domain.State", "py")))
                    .f(
                        5,
                        message()
                            .f(
                                2,
                                message()
                                    .f(1, "test")
                                    .f(2, "setLanguage")
                                    .f(3, any("type.googleapis.com/domain.Request", "elixir"))))
                    .f(6, message())
                    .bytes())
                .toBuilder());
    host.on(
        "setLanguage",
        call -> TestHost.reply(call).setUpdatedContext(Context.getDefaultInstance()));
    register(
        message()
            .f(
                1,
                message()
                    .f(1, "spawn-python-sdk")
                    .f(2, "0.1.0")
                    .f(3, "Python 3.11 [CPython GCC]")
                    .f(4, "spawn-python-sdk")
                    .f(5, "0.1.0")
                    .f(6, 1)
                    .f(7, 1))
            .f(2, message().f(1, SYSTEM).f(2, message().f(1, entry("joe", joe)))));

    // the timer runs without a call; what it broadcasts comes back by the action it names
    assertThat(host.await("hi").getActor().getName()).isEqualTo("joe");
    ActorInvocation heard = host.await("setLanguage");
    assertThat(heard.getValue().getValue()).isEqualTo(ByteString.copyFromUtf8("elixir"));
    assertThat(heard.getCaller().getName()).isEqualTo("joe");
  }
}
