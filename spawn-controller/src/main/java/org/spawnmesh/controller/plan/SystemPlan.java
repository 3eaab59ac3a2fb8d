package org.spawnmesh.controller.plan;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.controller.api.ActorSystem;
import org.spawnmesh.controller.api.ActorSystemStatus;
import org.spawnmesh.controller.desired.SystemObjects;

/** Plans for actor systems. Pure. */
public final class SystemPlan {

  private SystemPlan() {}

  /**
   * @param hosts names of the hosts in it
   * @param owned what the controller made for it and is there
   */
  public static Plan<ActorSystemStatus> of(
      ActorSystem system, List<String> hosts, List<HasMetadata> owned, Instant now) {
    Objects objects = Objects.of(SystemObjects.of(system), owned);
    List<Condition> conditions =
        conditions(system, now)
            .set("Ready", true, "Applied", "Actor hosts can be started in this system.")
            .set("Progressing", false, "Applied", "Nothing is under way.")
            .set("Degraded", false, "Applied", "Nothing is wrong.")
            .understood(SystemObjects.ignored(system.getSpec()))
            .list();
    return new Plan<>(objects.apply(), objects.delete(), status(system, hosts.size(), conditions));
  }

  /** What a system says that is not what it shall be, because of this. */
  public static ActorSystemStatus failed(
      ActorSystem system, List<String> hosts, String reason, String message, Instant now) {
    List<Condition> conditions =
        conditions(system, now)
            .set("Ready", false, reason, message)
            .set("Progressing", false, reason, message)
            .set("Degraded", true, reason, message)
            .understood(SystemObjects.ignored(system.getSpec()))
            .list();
    return status(system, hosts.size(), conditions);
  }

  /** What a deleted system says that still has hosts: their nodes need its role until they left. */
  public static ActorSystemStatus waiting(ActorSystem system, List<String> hosts, Instant now) {
    String message =
        "It is deleted when no actor host is in it. Delete these, or name another system in their"
            + " annotations: %s.".formatted(String.join(", ", hosts));
    List<Condition> conditions =
        conditions(system, now)
            .set("Ready", false, "HasHosts", message)
            .set("Progressing", true, "HasHosts", message)
            .set("Degraded", false, "HasHosts", "Nothing is wrong.")
            .understood(SystemObjects.ignored(system.getSpec()))
            .list();
    return status(system, hosts.size(), conditions);
  }

  private static Conditions conditions(ActorSystem system, Instant now) {
    ActorSystemStatus before = system.getStatus();
    return new Conditions(
        before == null ? null : before.conditions(), system.getMetadata().getGeneration(), now);
  }

  private static ActorSystemStatus status(
      ActorSystem system, int hosts, @Nullable List<Condition> conditions) {
    return new ActorSystemStatus(
        system.getMetadata().getGeneration(), SystemObjects.membership(system), hosts, conditions);
  }
}
