package org.spawnmesh.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.spawnmesh.protocol.ActorInvocation;
import org.spawnmesh.protocol.ActorInvocationResponse;
import org.spawnmesh.protocol.Broadcast;
import org.spawnmesh.protocol.Context;
import org.spawnmesh.protocol.Forward;
import org.spawnmesh.protocol.InvocationRequest;
import org.spawnmesh.protocol.InvocationResponse;
import org.spawnmesh.protocol.JSONType;
import org.spawnmesh.protocol.Noop;
import org.spawnmesh.protocol.RegistrationRequest;
import org.spawnmesh.protocol.RequestStatus;
import org.spawnmesh.protocol.ServiceInfo;
import org.spawnmesh.protocol.SideEffect;
import org.spawnmesh.protocol.Status;
import org.spawnmesh.protocol.Workflow;
import org.spawnmesh.protocol.actors.Action;
import org.spawnmesh.protocol.actors.Actor;
import org.spawnmesh.protocol.actors.ActorDeactivationStrategy;
import org.spawnmesh.protocol.actors.ActorId;
import org.spawnmesh.protocol.actors.ActorSettings;
import org.spawnmesh.protocol.actors.ActorState;
import org.spawnmesh.protocol.actors.ActorSystem;
import org.spawnmesh.protocol.actors.Channel;
import org.spawnmesh.protocol.actors.FixedTimerAction;
import org.spawnmesh.protocol.actors.Kind;
import org.spawnmesh.protocol.actors.Metadata;
import org.spawnmesh.protocol.actors.Registry;
import org.spawnmesh.protocol.actors.TimeoutStrategy;

/**
 * The codecs that the examples write by hand agree with the generated one: all of them are held to
 * the bytes in {@code wire-samples.json}.
 */
class WireSamplesTest {

  private static final Path EXAMPLES = Path.of("..").toAbsolutePath().normalize();

  private final ActorId alice =
      ActorId.newBuilder().setName("alice").setSystem("shop").setParent("account").build();

  @Test
  void theSamplesAreWhatTheGeneratedClassesWrite() throws Exception {
    Map<String, Message> samples = new LinkedHashMap<>();
    samples.put("registration", registration());
    samples.put("request", request());
    samples.put(
        "refusal",
        InvocationResponse.newBuilder()
            .setStatus(
                RequestStatus.newBuilder().setStatus(Status.ERROR).setMessage("only 5 € left"))
            .build());
    samples.put("invocation", invocation());
    samples.put("answer", answer());
    samples.put(
        "numbers",
        FixedTimerAction.newBuilder().setSeconds(-300).setAction(Action.newBuilder()).build());
    samples.put("bigNumber", TimeoutStrategy.newBuilder().setTimeout(1L << 40).build());

    StringBuilder json = new StringBuilder("{");
    samples.forEach(
        (name, message) ->
            json.append(json.length() == 1 ? "\n" : ",\n")
                .append("  \"%s\":\n    \"".formatted(name))
                .append(HexFormat.of().formatHex(message.toByteArray()))
                .append('"'));
    assertThat(Files.readString(EXAMPLES.resolve("wire-samples.json"))).isEqualTo(json + "\n}\n");
  }

  @Test
  void pythonReadsAndWritesThem() throws Exception {
    test("python-host", "python3", "-m", "unittest", "--verbose");
  }

  @Test
  void nodeReadsAndWritesThem() throws Exception {
    test("node-host", "node", "--test");
  }

  private static void test(String example, String... command) throws Exception {
    RunningProcess.assumeInstalled(command[0]);
    try (RunningProcess tests =
        RunningProcess.start(example, EXAMPLES.resolve(example), Map.of(), List.of(command))) {
      String output = tests.awaitEnd();
      assertThat(tests.exitCode()).as(output).isZero();
    }
  }

  private RegistrationRequest registration() {
    Actor account =
        Actor.newBuilder()
            .setId(ActorId.newBuilder().setName("account").setSystem("shop"))
            .setState(
                ActorState.newBuilder()
                    .putTags("branch", "south")
                    .setState(json("{\"balance\":0}")))
            .setSettings(
                ActorSettings.newBuilder()
                    .setKind(Kind.UNNAMED)
                    .setStateful(true)
                    .setDeactivationStrategy(
                        ActorDeactivationStrategy.newBuilder()
                            .setTimeout(TimeoutStrategy.newBuilder().setTimeout(60_000))))
            .addActions(Action.newBuilder().setName("deposit"))
            .addActions(Action.newBuilder().setName("withdraw"))
            .addTimerActions(
                FixedTimerAction.newBuilder()
                    .setSeconds(1_000)
                    .setAction(Action.newBuilder().setName("close")))
            .setMetadata(
                Metadata.newBuilder()
                    .addChannelGroup(
                        Channel.newBuilder()
                            .setTopic("rates")
                            .setAction("rate")
                            .build()
                            .toByteString()))
            .build();
    return RegistrationRequest.newBuilder()
        .setServiceInfo(
            ServiceInfo.newBuilder()
                .setServiceName("bank")
                .setServiceVersion("1.2")
                .setProtocolMajorVersion(1)
                .setProtocolMinorVersion(1))
        .setActorSystem(
            ActorSystem.newBuilder()
                .setName("shop")
                .setRegistry(Registry.newBuilder().putActors("account", account)))
        .build();
  }

  private InvocationRequest request() {
    return InvocationRequest.newBuilder()
        .setSystem(ActorSystem.newBuilder().setName("shop"))
        .setActor(Actor.newBuilder().setId(alice))
        .setActionName("deposit")
        .setValue(json("{\"amount\":5,\"for\":\"Käse\"}"))
        .setAsync(true)
        .setCaller(ActorId.newBuilder().setName("joe"))
        .putMetadata("request-timeout", "5000")
        .setRegisterRef("account")
        .build();
  }

  private ActorInvocation invocation() {
    return ActorInvocation.newBuilder()
        .setActor(alice)
        .setActionName("deposit")
        .setCurrentContext(
            Context.newBuilder()
                .setState(json("{\"balance\":7}"))
                .setSelf(alice)
                .putMetadata("trace", "a1")
                .putTags("branch", "Zürich"))
        .setNoop(Noop.getDefaultInstance())
        .setCaller(ActorId.getDefaultInstance())
        .build();
  }

  private ActorInvocationResponse answer() {
    return ActorInvocationResponse.newBuilder()
        .setActorName("alice")
        .setActorSystem("shop")
        .setUpdatedContext(Context.newBuilder().setState(json("{\"balance\":12}")))
        .setValue(json("12"))
        .setWorkflow(
            Workflow.newBuilder()
                .addEffects(SideEffect.newBuilder().setRequest(request()))
                .addEffects(SideEffect.newBuilder().setRequest(request()))
                .setBroadcast(
                    Broadcast.newBuilder().setChannelGroup("rates").setValue(json("[1,2]")))
                .setForward(
                    Forward.newBuilder()
                        .setActor("alice")
                        .setActionName("render")
                        .setRegisterRef("printer")))
        .build();
  }

  private static Any json(String text) {
    ByteString content = JSONType.newBuilder().setContent(text).build().toByteString();
    return Any.newBuilder()
        .setTypeUrl("type.googleapis.com/spawn.JSONType")
        .setValue(content)
        .build();
  }
}
