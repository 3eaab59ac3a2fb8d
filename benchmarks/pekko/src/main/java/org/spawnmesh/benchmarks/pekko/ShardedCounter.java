package org.spawnmesh.benchmarks.pekko;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.Cluster;
import org.apache.pekko.cluster.sharding.typed.ShardingEnvelope;
import org.apache.pekko.cluster.sharding.typed.javadsl.ClusterSharding;
import org.apache.pekko.cluster.sharding.typed.javadsl.Entity;
import org.apache.pekko.cluster.sharding.typed.javadsl.EntityRef;
import org.apache.pekko.cluster.sharding.typed.javadsl.EntityTypeKey;
import org.apache.pekko.persistence.jdbc.testkit.javadsl.SchemaUtils;
import org.apache.pekko.persistence.typed.PersistenceId;
import org.spawnmesh.benchmarks.harness.Counter;
import org.spawnmesh.benchmarks.pekko.Command.Add;
import org.spawnmesh.benchmarks.pekko.Command.Get;

/** A node of a cluster, mostly its only one, and the counter as the cluster's only entity type. */
final class ShardedCounter implements Counter {
  private static final EntityTypeKey<Command> TYPE = EntityTypeKey.create(Command.class, "Counter");
  private static final Duration TIMEOUT = Duration.ofSeconds(TIMEOUT_SECONDS);

  /** Of the nodes that have entities in W6; the other one only asks. */
  private static final String SERVER = "server";

  private final ActorSystem<Void> system;
  private final ClusterSharding sharding;

  /** Returns when the node is up: forming a cluster is not part of any workload. */
  private ShardedCounter(Config config, Entity<Command, ShardingEnvelope<Command>> entity)
      throws InterruptedException {
    system = ActorSystem.create(Behaviors.empty(), "bench", config);
    sharding = ClusterSharding.get(system);
    var up = new CountDownLatch(1);
    Cluster.get(system).registerOnMemberUp(up::countDown);
    up.await();
    sharding.init(entity);
  }

  private ShardedCounter(Function<String, Behavior<Command>> entity) throws InterruptedException {
    this(ConfigFactory.load(), entity(entity));
  }

  private static Entity<Command, ShardingEnvelope<Command>> entity(
      Function<String, Behavior<Command>> entity) {
    return Entity.of(TYPE, context -> entity.apply(context.getEntityId()));
  }

  /** The node of a cluster of two on which all entities are; it is the cluster's first. */
  static ShardedCounter server(int port) throws InterruptedException {
    return remote(port, port, "[" + SERVER + "]");
  }

  /** The other one, which asks. */
  static ShardedCounter remote(int serverPort) throws InterruptedException {
    return remote(0, serverPort, "[]");
  }

  private static ShardedCounter remote(int port, int serverPort, String roles)
      throws InterruptedException {
    String config =
        """
        pekko.remote.artery.canonical.port = %d
        pekko.cluster.seed-nodes = ["pekko://bench@127.0.0.1:%d"]
        pekko.cluster.roles = %s
        """
            .formatted(port, serverPort, roles);
    return new ShardedCounter(
        ConfigFactory.parseString(config).withFallback(ConfigFactory.load()),
        entity(id -> InMemoryEntity.create()).withRole(SERVER));
  }

  static ShardedCounter inMemory() throws InterruptedException {
    return new ShardedCounter(id -> InMemoryEntity.create());
  }

  static ShardedCounter eventSourced()
      throws InterruptedException, ExecutionException, TimeoutException {
    var counter = new ShardedCounter(id -> new EventSourcedEntity(persistenceId(id)));
    counter.createSchema();
    return counter;
  }

  static ShardedCounter durableState()
      throws InterruptedException, ExecutionException, TimeoutException {
    var counter = new ShardedCounter(id -> new DurableStateEntity(persistenceId(id)));
    counter.createSchema();
    return counter;
  }

  private static PersistenceId persistenceId(String entityId) {
    return PersistenceId.of(TYPE.name(), entityId);
  }

  /** No entity may be asked before; the first one reads the tables. */
  private void createSchema() throws InterruptedException, ExecutionException, TimeoutException {
    SchemaUtils.createIfNotExists(system)
        .toCompletableFuture()
        .get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
  }

  @Override
  public CompletionStage<Long> add(int actor, long n) {
    return entity(actor).ask(replyTo -> new Add(n, replyTo), TIMEOUT);
  }

  @Override
  public CompletionStage<Long> get(int actor) {
    return entity(actor).ask(Get::new, TIMEOUT);
  }

  private EntityRef<Command> entity(int actor) {
    return sharding.entityRefFor(TYPE, "c" + actor);
  }
}
