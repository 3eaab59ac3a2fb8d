package org.spawnmesh.proxy.registration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.spawnmesh.actor.ActorDefinition;
import org.spawnmesh.actor.ChannelDefinition;
import org.spawnmesh.actor.Durability;
import org.spawnmesh.actor.SpawnException;
import org.spawnmesh.actor.TimerDefinition;
import org.spawnmesh.protocol.RegistrationRequest;
import org.spawnmesh.protocol.actors.Actor;
import org.spawnmesh.protocol.actors.Channel;
import org.spawnmesh.protocol.actors.Kind;

class DeclarationsTest {

  private static final DeclarationRules RULES = new DeclarationRules("shop", false, 3);

  private static ActorDefinition read(DeclarationRules rules, Consumer<Actor.Builder> parts) {
    Actor.Builder actor = Actor.newBuilder();
    actor.getSettingsBuilder().setKind(Kind.NAMED).setStateful(true);
    parts.accept(actor);
    RegistrationRequest.Builder request = RegistrationRequest.newBuilder();
    request
        .getActorSystemBuilder()
        .setName("shop")
        .getRegistryBuilder()
        .putActors("joe", actor.build());
    return Declarations.of(request.build(), rules).getFirst();
  }

  private static ActorDefinition read(Consumer<Actor.Builder> parts) {
    return read(RULES, parts);
  }

  @ParameterizedTest
  @CsvSource({
    "UNKNOW_KIND, NAMED",
    "NAMED, NAMED",
    "TASK, NAMED",
    "UNNAMED, UNNAMED",
    "POOLED, POOLED"
  })
  void kinds(Kind declared, org.spawnmesh.actor.Kind served) {
    assertThat(read(actor -> actor.getSettingsBuilder().setKind(declared)).kind())
        .isEqualTo(served);
  }

  @ParameterizedTest
  @CsvSource({"PROXY", "PROJECTION"})
  void kindsThatAreNotServed(Kind declared) {
    assertThatThrownBy(() -> read(actor -> actor.getSettingsBuilder().setKind(declared)))
        .isInstanceOf(SpawnException.class)
        .hasMessageContaining("'joe'")
        .hasMessageContaining(declared.name());
  }

  @Test
  void theNameIsThatOfTheIdOrElseTheKey() {
    assertThat(read(actor -> {}).type().name()).isEqualTo("joe");
    assertThat(read(actor -> actor.getIdBuilder().setName("ann")).type().name()).isEqualTo("ann");
  }

  @Test
  void theFirstActionOfThoseNamesIsTheInitAction() {
    assertThat(
            read(actor -> {
                  actor.addActionsBuilder().setName("x");
                  actor.addActionsBuilder().setName("Setup");
                  actor.addActionsBuilder().setName("init");
                })
                .initAction())
        .isEqualTo("Setup");
    assertThat(
            read(actor ->
                    actor.addTimerActionsBuilder().setSeconds(5).getActionBuilder().setName("init"))
                .initAction())
        .isNull();
  }

  @Test
  void c11_timersAreInMilliseconds() {
    ActorDefinition definition =
        read(
            actor ->
                actor.addTimerActionsBuilder().setSeconds(250).getActionBuilder().setName("t"));

    assertThat(definition.timers())
        .containsExactly(new TimerDefinition("t", Duration.ofMillis(250)));
    assertThat(definition.action("t")).isNotNull();
  }

  @Test
  void c2_aChannelsActionNeedNotBeDeclared() {
    ActorDefinition definition =
        read(
            actor ->
                actor
                    .getMetadataBuilder()
                    .addChannelGroup(
                        Channel.newBuilder()
                            .setTopic("t")
                            .setAction("receive")
                            .build()
                            .toByteString())
                    .addChannelGroup(ByteString.copyFromUtf8("plain"))
                    .addChannelGroup(ByteString.EMPTY));

    assertThat(definition.channels())
        .isEqualTo(
            List.of(new ChannelDefinition("t", "receive"), new ChannelDefinition("plain", "")));
    assertThat(definition.action("receive")).isNotNull();
  }

  @Test
  void snapshotIntervalsCountWithThatDurabilityOnly() {
    Consumer<Actor.Builder> interval =
        actor ->
            actor
                .getSettingsBuilder()
                .getSnapshotStrategyBuilder()
                .getTimeoutBuilder()
                .setTimeout(2_000);

    assertThat(read(interval).durability()).isNull();
    assertThat(read(new DeclarationRules("shop", true, 0), interval).durability())
        .isEqualTo(new Durability.Snapshot(Duration.ofSeconds(2)));
    assertThat(read(new DeclarationRules("shop", true, 0), actor -> {}).durability()).isNull();
  }

  @ParameterizedTest
  @CsvSource({"0, ", "-1, ", "10000, PT10S"})
  void deactivationIsTheIdleTimeout(long millis, Duration idle) {
    assertThat(
            read(actor ->
                    actor
                        .getSettingsBuilder()
                        .getDeactivationStrategyBuilder()
                        .getTimeoutBuilder()
                        .setTimeout(millis))
                .idleTimeout())
        .isEqualTo(idle);
  }

  @Test
  void c6_aStatelessActorHasNoFirstState() {
    Consumer<Actor.Builder> state =
        actor ->
            actor
                .getStateBuilder()
                .putTags("a", "b")
                .setState(Any.newBuilder().setTypeUrl("type.googleapis.com/test.State"));

    assertThat(read(state).initialState()).isNotNull();
    assertThat(
            read(state.andThen(actor -> actor.getSettingsBuilder().setStateful(false)))
                .initialState())
        .isNull();
    assertThat(read(state).initialTags()).containsEntry("a", "b");
    assertThat(read(state).history()).isEqualTo(3);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0, true",
    "1, 0, true",
    "2, 7, false",
    "0, 5, false",
    "8, 3, true",
    "-2, 0, true"
  })
  void poolsWithoutAMaximumGetOne(int min, int max, boolean chosen) {
    ActorDefinition pool =
        read(
            actor ->
                actor
                    .getSettingsBuilder()
                    .setKind(Kind.POOLED)
                    .setMinPoolSize(min)
                    .setMaxPoolSize(max));

    assertThat(pool.minPool()).isEqualTo(Math.max(0, min));
    if (chosen) {
      assertThat(pool.maxPool()).isGreaterThan(Math.max(1, pool.minPool()));
    } else {
      assertThat(pool.maxPool()).isEqualTo(max);
    }
    assertThat(pool.stateful()).isFalse();
  }
}
