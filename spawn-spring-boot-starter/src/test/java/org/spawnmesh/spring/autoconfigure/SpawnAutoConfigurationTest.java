package org.spawnmesh.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.spawnmesh.actor.ActorType;
import org.spawnmesh.actor.Durability;
import org.spawnmesh.actor.SpawnException;
import org.spawnmesh.runtime.NodeStatus;
import org.spawnmesh.runtime.SpawnNode;
import org.spawnmesh.spring.Action;
import org.spawnmesh.spring.Actor;
import org.spawnmesh.spring.ActorContext;
import org.spawnmesh.spring.ActorRef;
import org.spawnmesh.spring.Actors;
import org.spawnmesh.spring.Reply;
import org.spawnmesh.statestore.jdbc.JdbcStateStore;
import org.spawnmesh.store.InMemoryStateStore;
import org.spawnmesh.store.StateStore;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

@ExtendWith(OutputCaptureExtension.class)
class SpawnAutoConfigurationTest {

  @TempDir Path directory;

  private final ApplicationContextRunner application =
      new ApplicationContextRunner()
          .withConfiguration(
              AutoConfigurations.of(
                  SpawnAutoConfiguration.class,
                  SpawnHealthAutoConfiguration.class,
                  SpawnMetricsAutoConfiguration.class,
                  SpawnObservationAutoConfiguration.class,
                  ActorsEndpointAutoConfiguration.class))
          .withPropertyValues("spring.application.name=shop")
          .withBean(Counter.class);

  @Actor
  static class Counter {

    /** Each permit lets one call of hold end. */
    static final Semaphore HELD = new Semaphore(0);

    @Action
    Reply<Long> add(long by, ActorContext<Long> counter) {
      long next = counter.state().orElse(0L) + by;
      return Reply.of(next).state(next);
    }

    @Action
    void hold() throws InterruptedException {
      HELD.acquire();
    }

    @Action
    void fail() {
      throw new IllegalStateException("on purpose");
    }
  }

  private static long add(org.springframework.context.ApplicationContext context, long by) {
    Long total = context.getBean(Actors.class).ref("Counter", "a").ask("add", by, Long.class);
    assertThat(total).isNotNull();
    return total;
  }

  // ---- where state lives ----

  @Test
  void withoutADatabaseStateIsInMemoryAndALineSaysSo(CapturedOutput output) {
    application.run(
        context -> {
          assertThat(context.getBean(StateStore.class)).isInstanceOf(InMemoryStateStore.class);
          assertThat(add(context, 1)).isEqualTo(1);
          assertThat(output)
              .contains("kept in memory and forgotten")
              .contains("'shop' with Counter");
        });
  }

  @Test
  void memoryThatWasAskedForIsNoWarning(CapturedOutput output) {
    application
        .withPropertyValues("spawn.statestore.type=memory")
        .run(
            context -> {
              assertThat(context).hasSingleBean(StateStore.class);
              assertThat(output).doesNotContain("forgotten");
            });
  }

  @Test
  void theApplicationsOwnDataSourceIsUsed() {
    ApplicationContextRunner withDatabase =
        application.withBean(
            DataSource.class,
            () -> new DriverManagerDataSource("jdbc:h2:" + directory.resolve("app")));
    withDatabase.run(
        context -> {
          assertThat(context.getBean(StateStore.class)).isInstanceOf(JdbcStateStore.class);
          assertThat(add(context, 5)).isEqualTo(5);
        });
    withDatabase.run(context -> assertThat(add(context, 1)).isEqualTo(6));
  }

  @Test
  void aUrlForActorsWinsOverTheApplicationsDataSource() {
    Path file = directory.resolve("not/there/yet/actors.db");
    application
        .withBean(DataSource.class, () -> new DriverManagerDataSource("jdbc:h2:mem:app"))
        .withPropertyValues("spawn.statestore.url=jdbc:sqlite:" + file)
        .run(
            context -> {
              add(context, 5);
              assertThat(file).exists();
              assertThat(context.getBean(StateStore.class).describe()).startsWith("SQLite");
              assertThat(context.getBean(SpawnNode.class).settings().writers()).isEqualTo(1);
            });
  }

  @Test
  void connectionDetailsSayWhereTheDatabaseIs() {
    Path file = directory.resolve("details.db");
    application
        .withBean(SpawnStateStoreConnectionDetails.class, () -> (() -> "jdbc:sqlite:" + file))
        .run(
            context -> {
              add(context, 1);
              assertThat(file).exists();
            });
  }

  @Configuration(proxyBeanMethods = false)
  static class TwoDatabases {

    @Bean
    DataSource orders() {
      return new DriverManagerDataSource("jdbc:h2:mem:orders");
    }

    @Bean
    @SpawnDataSource
    DataSource actors() {
      return new DriverManagerDataSource("jdbc:h2:mem:chosen;DB_CLOSE_DELAY=-1");
    }
  }

  @Test
  void amongSeveralDataSourcesTheMarkedOneIsUsed() {
    application
        .withUserConfiguration(TwoDatabases.class)
        .run(
            context -> assertThat(context.getBean(StateStore.class).describe()).contains("chosen"));
  }

  @Test
  void stateIsEncryptedWithAKey() {
    Path file = directory.resolve("secret.db");
    byte[] key = new byte[32];
    application
        .withBean(SecretKeeper.class)
        .withPropertyValues(
            "spawn.statestore.url=jdbc:sqlite:" + file,
            "spawn.statestore.encryption.keys.k1=" + Base64.getEncoder().encodeToString(key))
        .run(
            context ->
                context
                    .getBean(Actors.class)
                    .ref("SecretKeeper", "a")
                    .ask("keep", "the treasure is in the garden", Void.class));
    assertThat(file)
        .satisfies(
            path ->
                assertThat(
                        new String(
                            Files.readAllBytes(path), java.nio.charset.StandardCharsets.ISO_8859_1))
                    .doesNotContain("treasure"));
  }

  @Actor
  static class SecretKeeper {
    @Action
    Reply<Void> keep(String secret, ActorContext<String> context) {
      return Reply.<Void>empty().state(secret);
    }
  }

  @Test
  void aPasswordIsNotLogged(CapturedOutput output) {
    application
        .withPropertyValues(
            "spawn.statestore.url=jdbc:h2:mem:quiet;PASSWORD=hunter2;USER=sa",
            "logging.level.root=debug")
        .run(
            context -> {
              assertThat(context).hasNotFailed();
              assertThat(output.getAll().lines().filter(line -> line.contains("Actor system")))
                  .hasSize(1)
                  .noneMatch(line -> line.contains("hunter2"));
            });
  }

  // ---- settings ----

  @Test
  void propertiesAreSettings() {
    application
        .withPropertyValues(
            "spawn.timeout=3s",
            "spawn.idle-timeout=2m",
            "spawn.durability=snapshot",
            "spawn.snapshot-interval=250ms",
            "spawn.memory-pressure=0.5",
            "spawn.limits.mailbox=7",
            "spawn.limits.payload-size=1KB",
            "spawn.limits.state-size=2KB",
            "spawn.limits.hops=3",
            "spawn.statestore.writers=5")
        .run(
            context -> {
              var settings = context.getBean(SpawnNode.class).settings();
              assertThat(settings.timeout()).isEqualTo(Duration.ofSeconds(3));
              assertThat(settings.idleTimeout()).isEqualTo(Duration.ofMinutes(2));
              assertThat(settings.durability())
                  .isEqualTo(new Durability.Snapshot(Duration.ofMillis(250)));
              assertThat(settings.memoryPressure()).isEqualTo(0.5);
              assertThat(settings.mailboxLimit()).isEqualTo(7);
              assertThat(settings.payloadLimit()).isEqualTo(1024);
              assertThat(settings.stateLimit()).isEqualTo(2048);
              assertThat(settings.maxHops()).isEqualTo(3);
              assertThat(settings.writers()).isEqualTo(5);
            });
  }

  @Test
  void theSystemIsNamedAfterTheApplicationUnlessSaidOtherwise() {
    application.run(
        context ->
            assertThat(context.getBean(Actors.class).ref("Counter", "a").id().system())
                .isEqualTo("shop"));
    application
        .withPropertyValues("spawn.system=mall")
        .run(
            context ->
                assertThat(context.getBean(Actors.class).ref("Counter", "a").id().system())
                    .isEqualTo("mall"));
  }

  @Test
  void everyBeanStepsBack() {
    StateStore own = new InMemoryStateStore();
    SpawnNode node = SpawnNode.builder(own).build();
    application
        .withBean(StateStore.class, () -> own)
        .withBean(SpawnNode.class, () -> node)
        .run(
            context -> {
              assertThat(context.getBean(SpawnNode.class)).isSameAs(node);
              assertThat(add(context, 1)).isEqualTo(1);
            });
  }

  @Test
  void nothingButTheEngineIsNeeded() {
    new ApplicationContextRunner()
        .withConfiguration(AutoConfigurations.of(SpawnAutoConfiguration.class))
        .withBean(Counter.class)
        .withClassLoader(
            new FilteredClassLoader(
                "reactor.core",
                "com.google.protobuf",
                "io.micrometer",
                "org.springframework.boot.actuate",
                "org.springframework.boot.health",
                "org.springframework.boot.jdbc"))
        .run(context -> assertThat(add(context, 1)).isEqualTo(1));
  }

  // ---- life ----

  @Test
  void theNodeLivesInsideTheWebServersLife() {
    application.run(
        context -> {
          SmartLifecycle lifecycle = context.getBean(SpawnLifecycle.class);
          assertThat(lifecycle.getPhase()).isLessThan(SmartLifecycle.DEFAULT_PHASE - 2048);
          assertThat(lifecycle.isRunning()).isTrue();
          SpawnNode node = context.getBean(SpawnNode.class);
          assertThat(node.status()).isEqualTo(NodeStatus.ACCEPTING);
          context.close();
          assertThat(node.status()).isEqualTo(NodeStatus.STOPPED);
        });
  }

  @Test
  void aDrainingNodeIsNotReady() {
    application
        .withBean(org.springframework.boot.availability.ApplicationAvailabilityBean.class)
        .run(
            context -> {
              context.getBean(SpawnNode.class).drain(Duration.ofSeconds(5));
              assertThat(context.getBean(ApplicationAvailability.class).getReadinessState())
                  .isEqualTo(ReadinessState.REFUSING_TRAFFIC);
            });
  }

  // ---- what an operator sees ----

  @Test
  void healthFollowsTheNode() {
    application.run(
        context -> {
          HealthIndicator health = context.getBean("spawnHealthIndicator", HealthIndicator.class);
          add(context, 1);
          assertThat(health.health().getStatus()).isEqualTo(Status.UP);
          assertThat(health.health().getDetails())
              .containsEntry("activations", 1)
              .containsEntry("quarantined", 0);
          context.getBean(SpawnNode.class).close();
          assertThat(health.health().getStatus()).isEqualTo(Status.DOWN);
        });
  }

  @Test
  void healthCanBeTurnedOff() {
    application
        .withPropertyValues("management.health.spawn.enabled=false")
        .run(context -> assertThat(context).doesNotHaveBean("spawnHealthIndicator"));
  }

  @Test
  void theEndpointShowsTypesAndPagesOfActors() {
    application
        .withPropertyValues("management.endpoints.web.exposure.include=actors")
        .run(
            context -> {
              ActorsEndpoint endpoint = context.getBean(ActorsEndpoint.class);
              Actors actors = context.getBean(Actors.class);
              for (int i = 0; i < 5; i++) {
                actors.ref("Counter", "c" + i).ask("add", 1, Long.class);
              }
              assertThat(endpoint.node().system()).isEqualTo("shop");
              assertThat(endpoint.node().types())
                  .singleElement()
                  .satisfies(
                      type -> {
                        assertThat(type.name()).isEqualTo("Counter");
                        assertThat(type.activations()).isEqualTo(5);
                        assertThat(type.actions()).containsExactly("add", "fail", "hold");
                      });
              ActorsEndpoint.Page first = endpoint.actors("Counter", null, 3);
              assertThat(first).isNotNull();
              assertThat(first.actors()).extracting("name").containsExactly("c0", "c1", "c2");
              ActorsEndpoint.Page second = endpoint.actors("Counter", first.next(), 3);
              assertThat(second).isNotNull();
              assertThat(second.actors()).extracting("name").containsExactly("c3", "c4");
              assertThat(second.next()).isNull();
              assertThat(endpoint.actors("Nobody", null, null)).isNull();
              assertThat(endpoint.actor("Counter", "c1")).isNotNull();
              assertThat(endpoint.actor("Counter", "never")).isNull();
              org.assertj.core.api.Assertions.assertThatThrownBy(
                      () -> endpoint.actors("Counter", null, 0))
                  .isInstanceOf(InvalidEndpointRequestException.class);

              assertThat(endpoint.drain("drain").done()).isTrue();
              assertThat(endpoint.node().status()).isEqualTo(NodeStatus.STOPPED);
            });
  }

  @Test
  void theEndpointIsNotThereUnlessExposed() {
    application.run(context -> assertThat(context).doesNotHaveBean(ActorsEndpoint.class));
  }

  @Test
  void metersCountByTypeAndNeverByActor() {
    application
        .withBean(MeterRegistry.class, SimpleMeterRegistry::new)
        .withBean(
            DataSource.class,
            () -> new DriverManagerDataSource("jdbc:h2:" + directory.resolve("meters")))
        .run(
            context -> {
              add(context, 1);
              MeterRegistry meters = context.getBean(MeterRegistry.class);
              assertThat(meters.get("spawn.activations").tag("type", "Counter").gauge().value())
                  .isEqualTo(1);
              assertThat(meters.get("spawn.activated").tag("type", "Counter").counter().count())
                  .isEqualTo(1);
              assertThat(meters.get("spawn.commits").timer().count()).isEqualTo(1);
              assertThat(meters.get("spawn.commit.actors").summary().totalAmount()).isEqualTo(1);
              assertThat(meters.getMeters())
                  .allSatisfy(
                      meter ->
                          assertThat(meter.getId().getTags())
                              .noneMatch(tag -> tag.getValue().equals("a")));
            });
  }

  @Test
  void callsThatWaitAndRunAreCounted() {
    application
        .withBean(MeterRegistry.class, SimpleMeterRegistry::new)
        .run(
            context -> {
              ActorRef a = context.getBean(Actors.class).ref("Counter", "a");
              a.tell("hold");
              a.tell("hold");
              context.getBean(Actors.class).ref("Counter", "b").tell("hold");
              MeterRegistry meters = context.getBean(MeterRegistry.class);
              assertThat(meters.get("spawn.mailbox.depth").tag("type", "Counter").gauge().value())
                  .isEqualTo(3);
              Counter.HELD.release(3);
            });
  }

  private static final class Recorder implements ObservationHandler<Observation.Context> {

    final Queue<Observation.Context> stopped = new ConcurrentLinkedQueue<>();

    @Override
    public void onStop(Observation.Context context) {
      stopped.add(context);
    }

    @Override
    public boolean supportsContext(Observation.Context context) {
      return true;
    }
  }

  @Test
  void everyInvocationIsObserved() {
    Recorder recorder = new Recorder();
    ObservationRegistry registry = ObservationRegistry.create();
    registry.observationConfig().observationHandler(recorder);
    application
        .withBean(ObservationRegistry.class, () -> registry)
        .run(
            context -> {
              add(context, 1);
              ActorRef counter = context.getBean(Actors.class).ref("Counter", "a");
              for (String action : new String[] {"fail", "made up"}) {
                org.assertj.core.api.Assertions.assertThatThrownBy(
                        () -> counter.ask(action, Void.class))
                    .isInstanceOf(SpawnException.class);
              }
              assertThat(recorder.stopped)
                  .extracting(c -> c.getName() + " " + c.getLowCardinalityKeyValues())
                  .hasSize(3);
              assertThat(recorder.stopped)
                  .extracting(SpawnAutoConfigurationTest::keys)
                  .containsExactly(
                      "add ASK none OK Counter",
                      "fail ASK SP3001 FAILED Counter",
                      "UNKNOWN ASK SP1002 FAILED Counter");
            });
  }

  private static String keys(Observation.Context context) {
    StringBuilder keys = new StringBuilder();
    for (String key : new String[] {"action", "mode", "code", "outcome", "type"}) {
      var value = context.getLowCardinalityKeyValue(key);
      assertThat(value).as(key).isNotNull();
      keys.append(keys.isEmpty() ? "" : " ").append(value.getValue());
    }
    return keys.toString();
  }

  @Test
  void anActorTypeIsKnownByItsSystem() {
    application.run(
        context ->
            assertThat(
                    context
                        .getBean(SpawnNode.class)
                        .inspect()
                        .types()
                        .getFirst()
                        .definition()
                        .type())
                .isEqualTo(new ActorType("shop", "Counter")));
  }
}
