package org.spawnmesh.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Flow;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.spawnmesh.actor.Kind;
import org.spawnmesh.cluster.Membership;
import org.spawnmesh.cluster.PeerTransport;
import org.spawnmesh.cluster.Standalone;
import org.spawnmesh.cluster.kubernetes.KubernetesMembership;
import org.spawnmesh.spring.Action;
import org.spawnmesh.spring.Actor;
import org.spawnmesh.spring.ActorContext;
import org.spawnmesh.spring.Actors;
import org.spawnmesh.spring.Reminder;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Scope;
import org.springframework.core.io.support.SpringFactoriesLoader;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** A wrong start says what is wrong and what to change. */
class FailureAnalyzersTest {

  @TempDir Path directory;

  private final ApplicationContextRunner application =
      new ApplicationContextRunner()
          .withConfiguration(AutoConfigurations.of(SpawnAutoConfiguration.class));

  private static final List<FailureAnalyzer> ANALYZERS =
      SpringFactoriesLoader.forDefaultResourceLocation()
          .load(
              FailureAnalyzer.class,
              SpringFactoriesLoader.FailureHandler.logging(
                  org.apache.commons.logging.LogFactory.getLog(FailureAnalyzersTest.class)));

  private void assertRefused(
      ApplicationContextRunner runner, String[] description, String[] action) {
    runner.run(
        context -> {
          assertThat(context).hasFailed();
          Throwable failure = Objects.requireNonNull(context.getStartupFailure());
          FailureAnalysis analysis = analyze(failure);
          assertThat(analysis).as("analysis of %s", failure).isNotNull();
          assertThat(analysis.getDescription()).contains(description);
          assertThat(analysis.getAction()).contains(action);
        });
  }

  private static FailureAnalysis analyze(Throwable failure) {
    for (FailureAnalyzer analyzer : ANALYZERS) {
      FailureAnalysis analysis = analyzer.analyze(failure);
      if (analysis != null) {
        return analysis;
      }
    }
    return null;
  }

  private static String[] texts(String... texts) {
    return texts;
  }

  // ---- declarations ----

  record Note(String text) {}

  @Actor("Twin")
  static class FirstTwin {
    @Action
    void run() {}
  }

  @Actor("Twin")
  static class SecondTwin {
    @Action
    void run() {}
  }

  @Test
  void twoActorsOfOneType() {
    assertRefused(
        application.withBean(FirstTwin.class).withBean(SecondTwin.class),
        texts("FirstTwin", "SecondTwin", "both the actor type 'Twin'"),
        texts("@Actor(\"…\")"));
  }

  @Actor
  static class WrongCron {
    @Action
    @Reminder(cron = "0 0 25 * * MON-FRI")
    void close() {}
  }

  @Actor
  static class NoSuchZone {
    @Action
    @Reminder(cron = "@daily", zone = "Europe/Barlin")
    void close() {}
  }

  @Actor
  static class NeverReminded {
    @Action
    @Reminder(cron = "${when:0 0 0 30 2 *}")
    void close() {}
  }

  @Actor
  static class TooOften {
    @Action
    @Reminder(every = "500ms")
    void close() {}
  }

  @Actor
  static class TwoTimes {
    @Action
    @Reminder(cron = "@daily", every = "1d")
    void close() {}
  }

  @Actor
  static class TooManyAtOnce {
    @Action
    @Reminder(every = "1d", catchUp = Reminder.CatchUp.ALL, atMost = 0)
    void close() {}
  }

  @Actor
  static class RemindedWithMessage {
    @Action
    @Reminder(every = "1d")
    void close(Note note) {}
  }

  @Actor
  static class RemindedWithoutAction {
    @Action
    void run() {}

    @Reminder(every = "1d")
    void close() {}
  }

  @Actor(kind = Kind.POOLED)
  static class RemindedPool {
    @Action
    @Reminder(every = "1d")
    void close() {}
  }

  @Test
  void remindersThatCannotBe() {
    assertRefused(
        application.withBean(WrongCron.class),
        texts(
            "WrongCron.close()",
            "position 5: the hour goes from 0 to 23, not 25",
            "    0 0 25 * * MON-FRI",
            "        ^"),
        texts("Correct cron"));
    assertRefused(
        application.withBean(NoSuchZone.class),
        texts("NoSuchZone.close()", "'Europe/Barlin'", "time zone is unknown"),
        texts("Correct zone"));
    assertRefused(
        application.withBean(NeverReminded.class),
        texts("NeverReminded.close()", "position 7", "no day of any year fits"),
        texts("Correct cron"));
    assertRefused(
        application.withBean(TooOften.class),
        texts("TooOften.close()", "'500ms'", "below a second"),
        texts("@Action(timer"));
    assertRefused(
        application.withBean(TwoTimes.class),
        texts("TwoTimes.close()", "two times"),
        texts("either cron or every"));
    assertRefused(
        application.withBean(TooManyAtOnce.class),
        texts("TooManyAtOnce.close()", "1 to 1000"),
        texts("atMost"));
    assertRefused(
        application.withBean(RemindedWithMessage.class),
        texts("RemindedWithMessage.close(Note)", "sends no payload"),
        texts("Take only an ActorContext"));
    assertRefused(
        application.withBean(RemindedWithoutAction.class),
        texts("RemindedWithoutAction.close()", "is no action"),
        texts("@Action"));
    assertRefused(
        application.withBean(RemindedPool.class), texts("RemindedPool", "POOLED"), texts("@Actor"));
  }

  @Actor
  static class TwoActions {
    @Action
    void run(Note note) {}

    @Action("run")
    void go() {}
  }

  @Test
  void twoActionsOfOneName() {
    assertRefused(
        application.withBean(TwoActions.class),
        texts("TwoActions", "run(Note)", "go()", "'run'"),
        texts("Rename"));
  }

  @Actor(kind = Kind.POOLED)
  static class PooledWithState {
    @Action
    void run(ActorContext<Note> context) {}
  }

  @Test
  void aPoolWithState() {
    assertRefused(
        application.withBean(PooledWithState.class),
        texts("PooledWithState", "POOLED", "Note"),
        texts("UNNAMED"));
  }

  @Actor(kind = Kind.POOLED, minPool = 5, maxPool = 2)
  static class PoolUpsideDown {
    @Action
    void run() {}
  }

  @Test
  void aPoolWithLessThanItsLeast() {
    assertRefused(
        application.withBean(PoolUpsideDown.class),
        texts("PoolUpsideDown", "min 5", "max 2"),
        texts("@Actor"));
  }

  static final class Opaque {
    int secret;
  }

  @Actor
  static class UnserializableState {
    @Action
    void run(ActorContext<Opaque> context) {}
  }

  @Test
  void aStateThatCannotBeStored() {
    assertRefused(
        application.withBean(UnserializableState.class),
        texts("UnserializableState", "Opaque", "no properties"),
        texts("record"));
  }

  @Actor
  static class TwoStates {
    @Action
    void a(ActorContext<Note> context) {}

    @Action
    void b(ActorContext<Long> context) {}
  }

  @Test
  void actionsThatDisagreeAboutTheState() {
    assertRefused(
        application.withBean(TwoStates.class),
        texts("TwoStates", "a(ActorContext)", "b(ActorContext)", "Long"),
        texts("same type"));
  }

  @Actor
  static class TwoPayloads {
    @Action
    void run(Note a, Long b) {}
  }

  @Test
  void anActionWithTwoPayloads() {
    assertRefused(
        application.withBean(TwoPayloads.class),
        texts("TwoPayloads.run(Note, Long)", "two payloads"),
        texts("one record"));
  }

  @Actor
  static class PrivateAction {
    @Action
    private void run() {}
  }

  @Actor
  static class StaticAction {
    @Action
    static void run() {}
  }

  @Test
  void anActionThatCannotBeCalled() {
    assertRefused(
        application.withBean(PrivateAction.class),
        texts("PrivateAction.run()", "private"),
        texts("Leave out 'private'"));
    assertRefused(
        application.withBean(StaticAction.class),
        texts("StaticAction.run()", "static"),
        texts("Leave out 'static'"));
  }

  @Actor
  static class UnsendableAnswer {
    @Action
    Flow.Publisher<Note> run() {
      throw new UnsupportedOperationException();
    }
  }

  @Test
  void anAnswerThatCannotBeSent() {
    assertRefused(
        application.withBean(UnsendableAnswer.class),
        texts("UnsendableAnswer.run()", "Flow$Publisher"),
        texts("Return"));
  }

  @Actor
  static class NoActions {}

  @Test
  void anActorThatCanDoNothing() {
    assertRefused(
        application.withBean(NoActions.class), texts("NoActions", "no actions"), texts("@Action"));
  }

  @Actor
  static class TimerWithPayload {
    @Action(timer = "1s")
    void run(Note note) {}
  }

  @Test
  void aTimerThatWantsAPayload() {
    assertRefused(
        application.withBean(TimerWithPayload.class),
        texts("TimerWithPayload.run(Note)", "timer"),
        texts("ActorContext"));
  }

  @Actor(idleTimeout = "soon")
  static class OddDuration {
    @Action
    void run() {}
  }

  @Test
  void aDurationThatIsNone() {
    assertRefused(
        application.withBean(OddDuration.class),
        texts("OddDuration", "idleTimeout", "'soon'"),
        texts("10s"));
  }

  @Actor(snapshotInterval = "1s")
  static class SnapshotsOfCommits {
    @Action
    void run() {}
  }

  @Test
  void anIntervalWithoutSnapshots() {
    assertRefused(
        application.withBean(SnapshotsOfCommits.class),
        texts("SnapshotsOfCommits", "snapshotInterval"),
        texts("durability = SNAPSHOT"));
  }

  @Actor
  @Scope(BeanDefinition.SCOPE_PROTOTYPE)
  static class Prototype {
    @Action
    void run() {}
  }

  @Test
  void anActorThatIsNoSingleton() {
    new ApplicationContextRunner()
        .withConfiguration(AutoConfigurations.of(SpawnAutoConfiguration.class))
        .withBean("prototype", Prototype.class, Prototype::new, bean -> bean.setScope("prototype"))
        .run(
            context -> {
              FailureAnalysis analysis =
                  analyze(Objects.requireNonNull(context.getStartupFailure()));
              assertThat(analysis.getDescription()).contains("Prototype", "singleton");
            });
  }

  interface WrongClient {
    int run(Note a, Note b);
  }

  static class UsesWrongClient {
    UsesWrongClient(Actors actors) {
      actors.client(WrongClient.class, "Twin", "a");
    }
  }

  @Test
  void aClientThatCannotCall() {
    assertRefused(
        application.withBean(FirstTwin.class).withBean(UsesWrongClient.class),
        texts("WrongClient.run", "2 parameters"),
        texts("one record"));
  }

  // ---- configuration ----

  @Test
  void anUnknownDurability() {
    application
        .withPropertyValues("spawn.durability=eventually")
        .run(
            context ->
                assertThat(context)
                    .getFailure()
                    .rootCause()
                    .hasMessageContaining("Durability.eventually"));
  }

  @Test
  void aSnapshotIntervalWithoutSnapshots() {
    assertRefused(
        application.withPropertyValues("spawn.snapshot-interval=5s"),
        texts("spawn.snapshot-interval is PT5S", "spawn.durability is 'commit'"),
        texts("spawn.durability"));
  }

  @Test
  void aLimitOfNothing() {
    application
        .withPropertyValues("spawn.limits.mailbox=0")
        .run(
            context ->
                assertThat(context)
                    .getFailure()
                    .rootCause()
                    .hasMessageContaining("spawn.limits.mailbox"));
  }

  @Test
  void timesBeforeNowAndNoWriters() {
    application
        .withPropertyValues("spawn.join-timeout=-1s")
        .run(
            context ->
                assertThat(context)
                    .getFailure()
                    .rootCause()
                    .hasMessageContaining("spawn.join-timeout"));
    application
        .withPropertyValues("spawn.statestore.url=" + file(), "spawn.statestore.writers=0")
        .run(
            context ->
                assertThat(context)
                    .getFailure()
                    .rootCause()
                    .hasMessageContaining("spawn.statestore.writers"));
  }

  @Test
  void aUrlThatNoDriverKnows() {
    assertRefused(
        application.withPropertyValues("spawn.statestore.url=postgres://me:secret@db/actors"),
        texts("No JDBC driver", "'postgres://db/actors'"),
        texts("spawn.statestore.url", "jdbc:postgresql://", "driver"));
    assertRefused(
        application.withPropertyValues("spawn.statestore.url=jdbc:oracle:thin:me/secret@db"),
        texts("No JDBC driver", "'jdbc:oracle:thin:db'"),
        texts("driver"));
    assertRefused(
        application.withPropertyValues("spawn.statestore.url="),
        texts("spawn.statestore.url is empty"),
        texts("remove it"));
  }

  @Test
  void aDirectoryThatCannotBeMade() throws IOException {
    Path file = Files.createFile(directory.resolve("file"));
    for (String url : List.of("jdbc:sqlite:" + file + "/a.db", "jdbc:h2:file:" + file + "/a")) {
      assertRefused(
          application.withPropertyValues("spawn.statestore.url=" + url),
          texts("The directory " + file),
          texts("spawn.statestore.url", "may write"));
    }
  }

  @Test
  void aDatabaseThatIsAskedForAndMissing() {
    assertRefused(
        application.withPropertyValues("spawn.statestore.type=jdbc"),
        texts("spawn.statestore.type is 'jdbc'", "spawn.statestore.url is not set"),
        texts("spawn.statestore.url"));
  }

  @Test
  void memoryWithWhatOnlyADatabaseKeeps() {
    assertRefused(
        application.withPropertyValues(
            "spawn.statestore.type=memory", "spawn.statestore.url=jdbc:h2:mem:x"),
        texts("spawn.statestore.url", "'memory'"),
        texts("Remove spawn.statestore.url"));
    assertRefused(
        application.withPropertyValues("spawn.statestore.history=5"),
        texts("spawn.statestore.history is 5", "memory"),
        texts("Remove spawn.statestore.history"));
    assertRefused(
        application.withPropertyValues("spawn.statestore.encryption.keys.a=" + key(1)),
        texts("spawn.statestore.encryption.keys", "memory"),
        texts("Remove spawn.statestore.encryption.keys"));
  }

  @Test
  void severalDataSourcesAndNoneOfThemChosen() {
    assertRefused(
        application
            .withBean(
                "a",
                DriverManagerDataSource.class,
                () -> new DriverManagerDataSource("jdbc:h2:mem:a"))
            .withBean(
                "b",
                DriverManagerDataSource.class,
                () -> new DriverManagerDataSource("jdbc:h2:mem:b")),
        texts("2 DataSource beans"),
        texts("@SpawnDataSource", "@Primary", "spawn.statestore.url"));
  }

  @Test
  void aDatabaseThatCannotBeReached() {
    assertRefused(
        application.withPropertyValues("spawn.statestore.url=jdbc:h2:tcp://localhost:1/nowhere"),
        texts("SP4002", "database", "cannot be", "Connection is broken"),
        texts("spawn.statestore.url"));
  }

  private String file() {
    return "jdbc:sqlite:" + directory.resolve("actors.db");
  }

  private static String key(int seed) {
    byte[] bytes = new byte[32];
    bytes[0] = (byte) seed;
    return Base64.getEncoder().encodeToString(bytes);
  }

  @Actor
  static class Keeper {
    @Action
    org.spawnmesh.spring.Reply<Void> keep(Note note, ActorContext<Note> context) {
      return org.spawnmesh.spring.Reply.<Void>empty().state(note);
    }
  }

  @Test
  void theWrongKey() {
    ApplicationContextRunner onFile =
        application.withBean(Keeper.class).withPropertyValues("spawn.statestore.url=" + file());
    onFile
        .withPropertyValues("spawn.statestore.encryption.keys.k=" + key(1))
        .run(
            context ->
                context
                    .getBean(Actors.class)
                    .ref("Keeper", "a")
                    .ask("keep", new Note("secret"), Void.class));
    assertRefused(
        onFile.withPropertyValues("spawn.statestore.encryption.keys.k=" + key(2)),
        texts("SP5002"),
        texts("spawn.statestore.encryption.keys"));
  }

  @Test
  void keysThatAreNone() {
    ApplicationContextRunner onFile =
        application.withPropertyValues("spawn.statestore.url=" + file());
    assertRefused(
        onFile.withPropertyValues("spawn.statestore.encryption.keys.k=c2hvcnQ="),
        texts("spawn.statestore.encryption.keys", "5 bytes"),
        texts("openssl rand -base64 32"));
    assertRefused(
        onFile.withPropertyValues(
            "spawn.statestore.encryption.keys.a=" + key(1),
            "spawn.statestore.encryption.keys.b=" + key(2)),
        texts("spawn.statestore.encryption.active-key", "[a, b]"),
        texts("newest"));
    assertRefused(
        onFile.withPropertyValues(
            "spawn.statestore.encryption.keys.a=" + key(1),
            "spawn.statestore.encryption.active-key=c"),
        texts("'c'", "[a]"),
        texts("Add the key"));
  }

  @Test
  void anotherStandaloneNodeOnTheSameStore() {
    ApplicationContextRunner onFile =
        application.withPropertyValues("spawn.statestore.url=" + file(), "spawn.join-timeout=50ms");
    onFile.run(
        first ->
            assertRefused(
                onFile,
                texts("SP5003", "Another node"),
                texts("spawn.join-timeout", "spawn.system")));
  }

  @Test
  void tablesOfANewerVersion() throws SQLException {
    ApplicationContextRunner onFile =
        application.withPropertyValues("spawn.statestore.url=" + file());
    onFile.run(context -> assertThat(context).hasNotFailed());
    try (Connection connection = DriverManager.getConnection(file());
        Statement statement = connection.createStatement()) {
      statement.executeUpdate(
          "INSERT INTO spawn_schema_history (installed_rank, version, description, type, script,"
              + " checksum, installed_by, execution_time, success)"
              + " VALUES (99, '99', 'future', 'SQL', 'V99__future.sql', 1, 'test', 1, 1)");
    }
    assertRefused(onFile, texts("SP5001", "99"), texts("at least as new"));
  }

  // ---- the mesh ----

  private ApplicationContextRunner mesh(String... more) {
    return application
        .withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class))
        .withPropertyValues(
            "spawn.statestore.url=jdbc:h2:" + directory.resolve("shared") + ";AUTO_SERVER=TRUE",
            "spawn.cluster.type=zookeeper",
            "spawn.cluster.zookeeper.connect-string=127.0.0.1:1",
            "spawn.cluster.transport.host=127.0.0.1",
            "spawn.cluster.join-timeout=100ms")
        .withPropertyValues(more);
  }

  @Test
  void aMeshWithoutAWayToFindItsMembers() {
    assertRefused(
        mesh("spawn.cluster.zookeeper.connect-string="),
        texts("'zookeeper'", "spawn.cluster.zookeeper.connect-string"),
        texts("zk-1:2181"));
    assertRefused(
        mesh("spawn.cluster.type=kubernetes")
            .withClassLoader(new FilteredClassLoader(KubernetesMembership.class)),
        texts("'kubernetes'", "module"),
        texts("org.spawnmesh:spawn-cluster-kubernetes"));
    mesh("spawn.cluster.type=gossip")
        .run(context -> assertThat(context).getFailure().hasStackTraceContaining("gossip"));
  }

  @Test
  void aMeshThatSharesNoDatabase() {
    assertRefused(
        mesh("spawn.statestore.type=memory", "spawn.statestore.url="),
        texts("'zookeeper'", "memory of this process"),
        texts("spawn.statestore.url", "standalone"));
    assertRefused(
        mesh("spawn.statestore.url=" + file()),
        texts("'zookeeper'", "a file of this machine"),
        texts("spawn.statestore.url", "standalone"));
  }

  @Test
  void aMeshWithWrongSettings() {
    assertRefused(
        mesh("spawn.cluster.transport.ssl-bundle=nodes"),
        texts("spawn.cluster.transport.ssl-bundle", "'nodes'"),
        texts("spring.ssl.bundle.pem.nodes"));
    mesh("spawn.cluster.lease=0s")
        .run(context -> assertThat(context).getFailure().hasStackTraceContaining("lease"));
    assertRefused(
        mesh("spawn.cluster.zookeeper.session-timeout=0s"),
        texts("ZooKeeper cannot be used as configured"),
        texts("spawn.cluster.zookeeper"));
    assertRefused(
        mesh("spawn.cluster.type=kubernetes", "spawn.cluster.kubernetes.lease=1500ms"),
        texts("Kubernetes cannot be used as configured", "whole number of seconds"),
        texts("spawn.cluster.kubernetes"));
    assertRefused(
        mesh("spawn.cluster.type=kubernetes", "spawn.cluster.kubernetes.pod-name=cart-0"),
        texts("Kubernetes cannot be used as configured", "'cart-0'", "UID"),
        texts("spawn.cluster.kubernetes"));
  }

  @Test
  void aMeshThatTakesTheNodeNotIn() {
    assertRefused(
        mesh(),
        texts("was not taken into the mesh", "never reached"),
        texts("spawn.cluster.zookeeper", "spawn.cluster.join-timeout"));
  }

  @Test
  void aNodeThatIsAloneNeedsNothingOfAMesh() {
    application.run(
        context -> {
          assertThat(context).hasNotFailed().hasSingleBean(Standalone.class);
          assertThat(context)
              .doesNotHaveBean(Membership.class)
              .doesNotHaveBean(PeerTransport.class);
        });
  }

  @Test
  void whatStartsIsNotAnalysed() {
    application.withBean(Keeper.class).run(context -> assertThat(context).hasNotFailed());
    assertThat(analyze(new IllegalStateException("something else", new RuntimeException())))
        .isNull();
  }
}
