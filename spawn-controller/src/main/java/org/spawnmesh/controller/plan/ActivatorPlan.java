package org.spawnmesh.controller.plan;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.time.Instant;
import java.util.List;
import org.spawnmesh.controller.api.Activator;
import org.spawnmesh.controller.api.ActivatorStatus;
import org.spawnmesh.controller.api.ActorHost;
import org.spawnmesh.controller.desired.ActivatorObjects;
import org.spawnmesh.controller.desired.Desired;
import org.spawnmesh.controller.desired.Settings;

/** Plans for activators. Pure. */
public final class ActivatorPlan {

  private ActivatorPlan() {}

  /**
   * @param hosts all of the activator's namespace
   * @param owned what the controller made for it and is there
   */
  public static Plan<ActivatorStatus> of(
      Activator activator,
      List<ActorHost> hosts,
      List<HasMetadata> owned,
      Settings settings,
      Instant now) {
    if (!ActivatorObjects.isServed(activator)) {
      return new Plan<>(
          List.of(),
          owned,
          failed(
              activator,
              "NotServed",
              "Activators of type %s are not served, only cron. Let what hears of the events call actors over HTTP."
                  .formatted(activator.getSpec().activator().type()),
              now));
    }
    Desired desired = ActivatorObjects.of(activator, hosts, settings);
    if (!desired.wrong().isEmpty()) {
      // The schedules that are there go on: a mistake in a resource stops nothing.
      return new Plan<>(
          List.of(),
          List.of(),
          failed(activator, "Invalid", String.join("; ", desired.wrong()) + ".", now));
    }
    Objects objects = Objects.of(desired.objects(), owned);
    List<Condition> conditions =
        conditions(activator, now)
            .set("Ready", true, "Scheduled", "Kubernetes starts a job at each tick.")
            .set("Degraded", false, "AsExpected", "Nothing is wrong.")
            .understood(desired.ignored())
            .list();
    return new Plan<>(objects.apply(), objects.delete(), status(activator, conditions));
  }

  /** What an activator says that is not what it shall be, because of this. */
  public static ActivatorStatus failed(
      Activator activator, String reason, String message, Instant now) {
    return status(
        activator,
        conditions(activator, now)
            .set("Ready", false, reason, message)
            .set("Degraded", true, reason, message)
            .list());
  }

  private static Conditions conditions(Activator activator, Instant now) {
    ActivatorStatus before = activator.getStatus();
    return new Conditions(
        before == null ? null : before.conditions(), activator.getMetadata().getGeneration(), now);
  }

  private static ActivatorStatus status(Activator activator, List<Condition> conditions) {
    return new ActivatorStatus(activator.getMetadata().getGeneration(), conditions);
  }
}
