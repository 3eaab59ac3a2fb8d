package org.spawnmesh.controller.plan;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ContainerStateWaiting;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.controller.api.ActorHost;
import org.spawnmesh.controller.api.ActorHostStatus;
import org.spawnmesh.controller.api.ActorSystem;
import org.spawnmesh.controller.desired.Annotations;
import org.spawnmesh.controller.desired.Desired;
import org.spawnmesh.controller.desired.HostObjects;
import org.spawnmesh.controller.desired.Labels;
import org.spawnmesh.controller.desired.Settings;

/** Plans for actor hosts. Pure. */
public final class HostPlan {

  /** A container that waits for one of these does not come up by waiting. */
  private static final Set<String> STUCK =
      Set.of(
          "CrashLoopBackOff",
          "CreateContainerConfigError",
          "CreateContainerError",
          "ErrImageNeverPull",
          "ErrImagePull",
          "ImagePullBackOff",
          "InvalidImageName",
          "RunContainerError");

  private HostPlan() {}

  /**
   * What is seen of a host, all of it perhaps out of date.
   *
   * @param system the one it names; null if there is none
   * @param hosts names of all hosts of that system, this one included
   * @param owned what the controller made for it and is there
   * @param pods of the host
   */
  public record Observed(
      ActorHost host,
      @Nullable ActorSystem system,
      List<String> hosts,
      List<HasMetadata> owned,
      List<Pod> pods) {

    @Nullable Deployment deployment() {
      return owned.stream()
          .filter(Deployment.class::isInstance)
          .map(Deployment.class::cast)
          .findAny()
          .orElse(null);
    }
  }

  public static Plan<ActorHostStatus> of(Observed seen, Settings settings, Instant now) {
    if (seen.system() == null) {
      return nothing(
          seen,
          "NoSystem",
          "There is no ActorSystem %s in namespace %s. Apply it, or name another one in the annotation %s."
              .formatted(
                  Annotations.systemOf(seen.host()),
                  seen.host().getMetadata().getNamespace(),
                  Annotations.SYSTEM),
          List.of(),
          now);
    }
    Desired desired = HostObjects.of(seen.host(), seen.system(), seen.hosts(), settings);
    if (!desired.wrong().isEmpty()) {
      return nothing(
          seen, "Invalid", String.join("; ", desired.wrong()) + ".", desired.ignored(), now);
    }
    Objects objects = Objects.of(desired.objects(), seen.owned());
    int wanted =
        desired.objects().stream()
            .filter(Deployment.class::isInstance)
            .map(it -> ((Deployment) it).getSpec().getReplicas())
            .findAny()
            .orElse(0);
    boolean settled =
        objects.apply().stream().noneMatch(Deployment.class::isInstance)
            && objects.delete().stream().noneMatch(Deployment.class::isInstance);
    List<Condition> conditions =
        running(seen, wanted, settled, conditions(seen.host(), now))
            .understood(desired.ignored())
            .list();
    return new Plan<>(objects.apply(), objects.delete(), status(seen, conditions));
  }

  /** What a host says that Kubernetes did not let become what it shall be. */
  public static ActorHostStatus failed(Observed seen, String reason, String message, Instant now) {
    return nothing(seen, reason, message, List.of(), now).status();
  }

  /** What a deleted host says while its pods give their actors away. */
  public static ActorHostStatus draining(Observed seen, Instant now) {
    String message = "Its pods give their actors away and stop.";
    return status(
        seen,
        conditions(seen.host(), now)
            .set("Ready", false, "Draining", message)
            .set("Progressing", true, "Draining", message)
            .set("Degraded", false, "Draining", "Nothing is wrong.")
            .list());
  }

  /** Whether no pod of a deleted host is left. */
  public static boolean isGone(Observed seen) {
    return seen.pods().isEmpty();
  }

  /** What runs is left alone: a mistake in a resource stops no actor. */
  private static Plan<ActorHostStatus> nothing(
      Observed seen, String reason, String message, List<String> ignored, Instant now) {
    List<Condition> conditions =
        conditions(seen.host(), now)
            .set("Ready", false, reason, message)
            .set("Progressing", false, reason, message)
            .set("Degraded", true, reason, message)
            .understood(ignored)
            .list();
    return new Plan<>(List.of(), List.of(), status(seen, conditions));
  }

  private static Conditions running(
      Observed seen, int wanted, boolean settled, Conditions conditions) {
    Deployment deployment = seen.deployment();
    DeploymentStatus status = deployment == null ? null : deployment.getStatus();
    boolean current =
        settled
            && deployment != null
            && status != null
            && java.util.Objects.equals(
                status.getObservedGeneration(), deployment.getMetadata().getGeneration());
    int updated = status == null ? 0 : orZero(status.getUpdatedReplicas());
    int all = status == null ? 0 : orZero(status.getReplicas());
    boolean ready = current && updated == wanted && all == wanted && ready(seen) == wanted;
    String pods = "%d of %d pods take calls.".formatted(ready(seen), wanted);
    List<String> stuck = stuck(seen.pods());
    conditions
        .set("Ready", ready, ready ? "AllPodsReady" : "PodsNotReady", pods)
        .set(
            "Progressing",
            !ready,
            ready ? "AllPodsReady" : "RollingOut",
            ready ? "Nothing is under way." : pods);
    if (stuck.isEmpty()) {
      return conditions.set("Degraded", false, "AsExpected", "Nothing is wrong.");
    }
    return conditions.set("Degraded", true, "PodsFail", String.join("; ", stuck) + ".");
  }

  /** In the words of the machine that tries to run them. */
  private static List<String> stuck(List<Pod> pods) {
    List<String> stuck = new ArrayList<>();
    for (Pod pod : pods) {
      if (pod.getStatus() == null) {
        continue;
      }
      for (ContainerStatus container : pod.getStatus().getContainerStatuses()) {
        ContainerStateWaiting waiting =
            container.getState() == null ? null : container.getState().getWaiting();
        if (waiting != null && STUCK.contains(String.valueOf(waiting.getReason()))) {
          stuck.add(
              "pod %s, container %s: %s: %s"
                  .formatted(
                      pod.getMetadata().getName(),
                      container.getName(),
                      waiting.getReason(),
                      waiting.getMessage()));
        }
      }
    }
    return stuck.stream().sorted().limit(3).toList();
  }

  private static Conditions conditions(ActorHost host, Instant now) {
    ActorHostStatus before = host.getStatus();
    return new Conditions(
        before == null ? null : before.conditions(), host.getMetadata().getGeneration(), now);
  }

  private static ActorHostStatus status(Observed seen, List<Condition> conditions) {
    Deployment deployment = seen.deployment();
    DeploymentStatus status = deployment == null ? null : deployment.getStatus();
    String system = Annotations.systemOf(seen.host());
    return new ActorHostStatus(
        seen.host().getMetadata().getGeneration(),
        system,
        status == null ? 0 : orZero(status.getReplicas()),
        ready(seen),
        "%s=%s,%s=%s"
            .formatted(Labels.HOST, seen.host().getMetadata().getName(), Labels.SYSTEM, system),
        conditions);
  }

  private static int ready(Observed seen) {
    Deployment deployment = seen.deployment();
    return deployment == null || deployment.getStatus() == null
        ? 0
        : orZero(deployment.getStatus().getReadyReplicas());
  }

  private static int orZero(@Nullable Integer number) {
    return number == null ? 0 : number;
  }
}
