package org.spawnmesh.proxy.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.Broadcast;
import org.spawnmesh.actor.Effect;
import org.spawnmesh.actor.Execution;
import org.spawnmesh.actor.Failure;
import org.spawnmesh.actor.FailureCode;
import org.spawnmesh.actor.Payload;
import org.spawnmesh.actor.Route;
import org.spawnmesh.actor.SpawnException;
import org.spawnmesh.host.ActionFailedException;
import org.spawnmesh.host.HostReply;
import org.spawnmesh.protocol.ActorInvocationResponse;
import org.spawnmesh.protocol.Forward;
import org.spawnmesh.protocol.InvocationRequest;
import org.spawnmesh.protocol.Noop;
import org.spawnmesh.protocol.Pipe;
import org.spawnmesh.protocol.SideEffect;
import org.spawnmesh.proxy.acl.Policies;
import org.spawnmesh.proxy.registration.Directory;
import org.spawnmesh.proxy.wire.Wire;

/** What an answer means: values in, values out. */
class RepliesTest {

  private static final HostAddress HOST = new HostAddress("127.0.0.1", 8090);
  private static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");
  private static final Any COUNT = any("type.googleapis.com/shop.Count", 7);

  /** Knows joe, and alice the cart. */
  private static final Directory DIRECTORY =
      (system, name, ref) -> {
        if (!ref.isEmpty()) {
          return ActorId.of(system, ref, name);
        }
        return switch (name) {
          case "joe" -> ActorId.of(system, "joe", "joe");
          case "alice" -> ActorId.of(system, "Cart", "alice");
          case "later" ->
              throw new SpawnException(
                  Failure.notExecuted(FailureCode.STORE_UNAVAILABLE, "the store is away"));
          default ->
              throw new SpawnException(
                  Failure.notExecuted(FailureCode.UNKNOWN_ACTOR, "nobody is called " + name));
        };
      };

  private final Replies replies = new Replies(DIRECTORY, InstantSource.fixed(NOW), Policies.NONE);

  private HostReply read(ActorInvocationResponse.Builder reply) {
    return read(200, reply.build().toByteArray());
  }

  private HostReply read(int status, byte[] body) {
    return replies.read(
        TestHosts.call(Duration.ofSeconds(1)), HOST, new HttpReply(status, "", body));
  }

  private Failure failure(ActorInvocationResponse.Builder reply) {
    return failure(200, reply.build().toByteArray());
  }

  private Failure failure(int status, byte[] body) {
    ActionFailedException failure =
        catchThrowableOfType(ActionFailedException.class, () -> read(status, body));
    assertThat(failure).isNotNull();
    return failure.failure();
  }

  private static ActorInvocationResponse.Builder reply() {
    ActorInvocationResponse.Builder reply = ActorInvocationResponse.newBuilder();
    reply.getUpdatedContextBuilder();
    return reply;
  }

  // ---- answer and state ----

  @Test
  void aBareReplyAnswersNothingAndChangesNothing() {
    assertThat(read(reply())).isEqualTo(HostReply.of(Payload.NONE));
  }

  @Test
  void valueNoopAndUnsetStayApart() {
    assertThat(read(reply().setValue(COUNT)).payload().bytes()).containsExactly(7);
    assertThat(read(reply().setNoop(Noop.getDefaultInstance())).payload()).isSameAs(Wire.NOOP);
    assertThat(read(reply()).payload().isNone()).isTrue();
  }

  @Test
  void aStateThatIsPresentReplacesTheState() {
    ActorInvocationResponse.Builder reply = reply();
    reply.getUpdatedContextBuilder().setState(COUNT);

    assertThat(read(reply).state().bytes()).containsExactly(7);
  }

  @Test
  void aStateWithATypeAndNoBytesIsAState() {
    ActorInvocationResponse.Builder reply = reply();
    reply.getUpdatedContextBuilder().setState(any("type.googleapis.com/UserState"));

    HostReply read = read(reply);

    assertThat(read.state().isNone()).isFalse();
    assertThat(read.state().type()).isEqualTo("type.googleapis.com/UserState");
  }

  @Test
  void anEmptyAnyIsTheEndOfTheState() {
    ActorInvocationResponse.Builder reply = reply();
    reply.getUpdatedContextBuilder().setState(Any.getDefaultInstance());

    assertThat(read(reply).state()).isSameAs(Payload.NONE);
  }

  @Test
  void c5_aStateThatCouldNotBeSentAgainIsRefused() {
    ActorInvocationResponse.Builder reply = reply();
    reply.getUpdatedContextBuilder().setState(any("", 1));

    assertThat(failure(reply).code()).isEqualTo(FailureCode.REPLY_INVALID);
  }

  @Test
  void tagsAreReplacedIfThereAreAnyAndKeptIfNot() {
    ActorInvocationResponse.Builder reply = reply();
    assertThat(read(reply).tags()).isNull();

    reply.getUpdatedContextBuilder().putTags("colour", "green");
    assertThat(read(reply).tags()).containsOnly(Map.entry("colour", "green"));
  }

  @Test
  void theCheckpointIsPassedOn() {
    assertThat(read(reply()).checkpoint()).isFalse();
    assertThat(read(reply().setCheckpoint(true)).checkpoint()).isTrue();
  }

  @Test
  void whatTheHostEchoesIsIgnored() {
    ActorInvocationResponse.Builder reply = reply().setActorName("somebody").setActorSystem("else");
    reply.getUpdatedContextBuilder().putMetadata("a", "b").getSelfBuilder().setName("somebody");

    assertThat(read(reply)).isEqualTo(HostReply.of(Payload.NONE));
  }

  // ---- what is no reply ----

  @Test
  void withoutUpdatedContextTheActionFailed() {
    Failure failure = failure(ActorInvocationResponse.newBuilder().setActorName("joe"));

    assertThat(failure.code()).isEqualTo(FailureCode.REPLY_INVALID);
    assertThat(failure.execution()).isEqualTo(Execution.EXECUTED);
    assertThat(failure.message()).contains("updated_context", "joe/joe.add", "127.0.0.1:8090");
  }

  @Test
  void anEmptyBodyIsAFailedActionAlsoWith204() {
    assertThat(failure(200, new byte[0]).message()).contains("an empty body");
    assertThat(failure(204, new byte[0]).message()).contains("an empty body");
  }

  @ParameterizedTest
  @CsvSource({
    "302, ACTION_FAILED, UNKNOWN",
    "400, ACTION_FAILED, EXECUTED",
    "401, ACTION_FAILED, UNKNOWN",
    "403, ACTION_FAILED, UNKNOWN",
    "404, ACTION_FAILED, UNKNOWN",
    "408, ACTION_FAILED, UNKNOWN",
    "429, ACTION_FAILED, UNKNOWN",
    "409, ACTION_FAILED, EXECUTED",
    "415, ACTION_FAILED, UNKNOWN",
    "500, ACTION_FAILED, EXECUTED",
    "502, HOST_UNAVAILABLE, UNKNOWN",
    "503, HOST_UNAVAILABLE, UNKNOWN",
    "504, HOST_UNAVAILABLE, UNKNOWN",
    "599, ACTION_FAILED, EXECUTED"
  })
  void anErrorStatusIsAFailedActionEvenWithAGoodBody(
      int status, FailureCode code, Execution execution) {
    Failure failure = failure(status, reply().build().toByteArray());

    assertThat(failure.code()).isEqualTo(code);
    assertThat(failure.execution()).isEqualTo(execution);
    assertThat(failure.message()).contains("HTTP " + status);
  }

  @Test
  void onlyTextIsQuotedAndOnlyItsBeginning() {
    String text = "line one\r\n\tline two " + "x".repeat(500);

    assertThat(new HttpReply(500, "text/plain", text.getBytes()).quote())
        .startsWith("line one line two xxx")
        .hasSizeLessThan(210)
        .endsWith("…");
    assertThat(new HttpReply(500, "application/octet-stream", text.getBytes()).quote()).isEmpty();
  }

  // ---- workflow ----

  @Test
  void effectsNameTheirActorInManyWays() {
    ActorInvocationResponse.Builder reply = reply();
    effect(reply).getActorBuilder().getIdBuilder().setName("joe");
    effect(reply).getActorBuilder().getIdBuilder().setName("alice");
    effect(reply).setRegisterRef("Cart").getActorBuilder().getIdBuilder().setName("bob");
    effect(reply).getActorBuilder().getIdBuilder().setName("eve").setParent("Cart");
    InvocationRequest.Builder abroad = effect(reply);
    abroad.getSystemBuilder().setName("abroad");
    abroad.getActorBuilder().getIdBuilder().setName("joe");
    effect(reply).getActorBuilder().getIdBuilder().setName("joe").setSystem("far");

    assertThat(read(reply).effects())
        .extracting(Effect::actor)
        .containsExactly(
            ActorId.of("shop", "joe", "joe"),
            ActorId.of("shop", "Cart", "alice"),
            ActorId.of("shop", "Cart", "bob"),
            ActorId.of("shop", "Cart", "eve"),
            ActorId.of("abroad", "joe", "joe"),
            ActorId.of("far", "joe", "joe"));
  }

  @Test
  void anEffectCarriesActionPayloadAndMetadata() {
    ActorInvocationResponse.Builder reply = reply();
    effect(reply)
        .setActionName("reserve")
        .setValue(COUNT)
        .setAsync(true)
        .putMetadata("trace", "7")
        .getActorBuilder()
        .getIdBuilder()
        .setName("joe");

    Effect effect = read(reply).effects().getFirst();

    assertThat(effect.action()).isEqualTo("reserve");
    assertThat(effect.payload().bytes()).containsExactly(7);
    assertThat(effect.metadata()).containsOnly(Map.entry("trace", "7"));
    assertThat(effect.delay()).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "-5, 0",
    "5000, 5000", // relative, as two SDKs send it
    "99999999999, 99999999999",
    "100000000000, 0", // a point in time, in 1973
    "1780315200000, 0", // now
    "1780315199999, 0", // just over
    "1780315201500, 1500"
  })
  void c12_scheduledToIsAPointInTimeOrADelay(long scheduledTo, long millis) {
    ActorInvocationResponse.Builder reply = reply();
    effect(reply).setScheduledTo(scheduledTo).getActorBuilder().getIdBuilder().setName("joe");

    assertThat(read(reply).effects().getFirst().delay()).isEqualTo(Duration.ofMillis(millis));
  }

  @Test
  void c12_noTimerCountsToTheEndOfTime() {
    ActorInvocationResponse.Builder reply = reply();
    effect(reply).setScheduledTo(Long.MAX_VALUE).getActorBuilder().getIdBuilder().setName("joe");

    assertThat(failure(reply).code()).isEqualTo(FailureCode.REPLY_INVALID);
  }

  @Test
  void aMessageToNobodyIsLeftToTheEngineToRefuse() {
    ActorInvocationResponse.Builder reply = reply();
    effect(reply).getActorBuilder().getIdBuilder().setName("nobody");

    assertThat(read(reply).effects().getFirst().actor())
        .isEqualTo(ActorId.of("shop", "nobody", "nobody"));
  }

  @Test
  void aMessageToWhoCannotBeLookedUpFailsTheAction() {
    ActorInvocationResponse.Builder reply = reply();
    effect(reply).getActorBuilder().getIdBuilder().setName("later");

    Failure failure = failure(reply);

    assertThat(failure.code()).isEqualTo(FailureCode.STORE_UNAVAILABLE);
    assertThat(failure.execution()).isEqualTo(Execution.EXECUTED);
  }

  @ParameterizedTest
  @CsvSource({"''", "' joe'", "'jo\ne'"})
  void aMessageToWhatIsNoNameFailsTheAction(String name) {
    ActorInvocationResponse.Builder reply = reply();
    effect(reply).getActorBuilder().getIdBuilder().setName(name);

    assertThat(failure(reply).code()).isEqualTo(FailureCode.REPLY_INVALID);
  }

  @Test
  void broadcastsNameTopicAndPerhapsAnAction() {
    ActorInvocationResponse.Builder reply = reply();
    reply.getWorkflowBuilder().getBroadcastBuilder().setChannelGroup("news").setValue(COUNT);
    assertThat(read(reply).broadcast())
        .extracting(Broadcast::topic, Broadcast::action)
        .containsExactly("news", "");

    reply.getWorkflowBuilder().getBroadcastBuilder().setActionName("setLanguage");
    assertThat(read(reply).broadcast())
        .extracting(Broadcast::topic, Broadcast::action)
        .containsExactly("news", "setLanguage");

    reply.getWorkflowBuilder().getBroadcastBuilder().clearChannelGroup();
    assertThat(read(reply).broadcast())
        .extracting(Broadcast::topic, Broadcast::action)
        .containsExactly("setLanguage", "");
  }

  @Test
  void anEmptyBroadcastIsNone() {
    ActorInvocationResponse.Builder reply = reply();
    reply.getWorkflowBuilder().getBroadcastBuilder();

    assertThat(read(reply).broadcast()).isNull();
  }

  @Test
  void pipeAndForwardStayInTheActorsSystem() {
    ActorInvocationResponse.Builder reply = reply();
    reply.getWorkflowBuilder().setPipe(Pipe.newBuilder().setActor("alice").setActionName("add"));
    assertThat(read(reply).route())
        .isEqualTo(new Route.Pipe(ActorId.of("shop", "Cart", "alice"), "add"));

    reply
        .getWorkflowBuilder()
        .setForward(
            Forward.newBuilder().setActor("bob").setActionName("add").setRegisterRef("Cart"));
    assertThat(read(reply).route())
        .isEqualTo(new Route.Forward(ActorId.of("shop", "Cart", "bob"), "add"));
  }

  @Test
  void anEmptyWorkflowIsNone() {
    ActorInvocationResponse.Builder reply = reply();
    reply.getWorkflowBuilder();

    assertThat(read(reply)).isEqualTo(HostReply.of(Payload.NONE));
  }

  private static InvocationRequest.Builder effect(ActorInvocationResponse.Builder reply) {
    SideEffect.Builder effect = reply.getWorkflowBuilder().addEffectsBuilder();
    return effect.getRequestBuilder().setActionName("add");
  }

  private static Any any(String type, int... bytes) {
    byte[] value = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      value[i] = (byte) bytes[i];
    }
    return Any.newBuilder().setTypeUrl(type).setValue(ByteString.copyFrom(value)).build();
  }
}
