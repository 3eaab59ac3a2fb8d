package org.spawnmesh.spring.autoconfigure;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToDoubleFunction;
import org.spawnmesh.actor.ActorDefinition;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.ActorType;
import org.spawnmesh.actor.Failure;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.runtime.Inspection;
import org.spawnmesh.runtime.NodeListener;
import org.spawnmesh.runtime.PassivationReason;
import org.spawnmesh.runtime.SpawnNode;
import org.spawnmesh.runtime.TypeSummary;
import org.spawnmesh.store.OutboxEntry;
import org.spawnmesh.store.Reminder;
import org.springframework.beans.factory.ObjectProvider;

/** What a node does, in numbers; tagged by actor type at most, never by actor. */
final class NodeMeters implements NodeListener {

  private final MeterRegistry registry;
  private final ObjectProvider<SpawnNode> node;
  private final Set<ActorType> hosted = ConcurrentHashMap.newKeySet();

  private final Timer commits;
  private final DistributionSummary batch;
  private final DistributionSummary turns;

  NodeMeters(MeterRegistry registry, ObjectProvider<SpawnNode> node) {
    this.registry = registry;
    this.node = node;
    this.commits =
        Timer.builder("spawn.commits")
            .description("Time the store took for a commit")
            .register(registry);
    this.batch =
        DistributionSummary.builder("spawn.commit.actors")
            .description("Actors made durable by one commit")
            .register(registry);
    this.turns =
        DistributionSummary.builder("spawn.commit.turns")
            .description("Turns made durable by one commit")
            .register(registry);
  }

  @Override
  public void hosted(ActorDefinition definition) {
    ActorType type = definition.type();
    if (hosted.add(type)) {
      gauge("spawn.activations", "Actors in memory", type, of(type, TypeSummary::activations));
      gauge(
          "spawn.quarantined",
          "Actors whose state cannot be read",
          type,
          of(type, TypeSummary::quarantined));
      gauge(
          "spawn.mailbox.depth",
          "Calls that wait or run",
          type,
          inspection -> inspection.mailboxDepth(type));
    }
  }

  private static ToDoubleFunction<Inspection> of(
      ActorType type, ToDoubleFunction<TypeSummary> value) {
    return inspection -> inspection.type(type).map(value::applyAsDouble).orElse(0.0);
  }

  private void gauge(
      String meter, String description, ActorType type, ToDoubleFunction<Inspection> value) {
    Gauge.builder(meter, node, n -> value.applyAsDouble(n.getObject().inspect()))
        .description(description)
        .tag("type", type.name())
        .register(registry);
  }

  @Override
  public void activated(ActorId actor) {
    Counter.builder("spawn.activated")
        .description("Actors that came into memory")
        .tag("type", actor.type().name())
        .register(registry)
        .increment();
  }

  @Override
  public void passivated(ActorId actor, PassivationReason reason) {
    Counter.builder("spawn.passivated")
        .description("Actors that left memory")
        .tag("type", actor.type().name())
        .tag("reason", reason.name().toLowerCase(java.util.Locale.ROOT))
        .register(registry)
        .increment();
  }

  @Override
  public void unheardFailure(Invocation invocation, Failure failure) {
    Counter.builder("spawn.unheard.failures")
        .description("Failed calls that nobody waited for")
        .tag("code", failure.code().id())
        .register(registry)
        .increment();
  }

  @Override
  public void deadLetter(OutboxEntry entry, Failure reason) {
    Counter.builder("spawn.dead.letters")
        .description("Messages between actors that were given up")
        .tag("type", entry.sender().type().name())
        .tag("code", reason.code().id())
        .register(registry)
        .increment();
  }

  @Override
  public void reminded(Reminder reminder, Duration late) {
    Timer.builder("spawn.reminders")
        .description("Time from a reminder's planned time to its turn")
        .tag("type", reminder.actor().type().name())
        .register(registry)
        .record(late);
  }

  @Override
  public void reminderFailed(Reminder reminder, Failure failure) {
    Counter.builder("spawn.reminder.failures")
        .description("Reminders whose action failed")
        .tag("type", reminder.actor().type().name())
        .tag("code", failure.code().id())
        .register(registry)
        .increment();
  }

  @Override
  public void committed(int changes, int turnsInIt, long nanos) {
    commits.record(Duration.ofNanos(nanos));
    batch.record(changes);
    turns.record(turnsInIt);
  }

  @Override
  public void commitFailed(int changes, Failure failure) {
    Counter.builder("spawn.commit.failures")
        .description("Commits that failed for good")
        .tag("code", failure.code().id())
        .register(registry)
        .increment();
  }
}
