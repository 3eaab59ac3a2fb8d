package org.spawnmesh.controller.desired;

import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscalerBuilder;
import io.fabric8.kubernetes.api.model.autoscaling.v2.MetricSpec;
import io.fabric8.kubernetes.api.model.autoscaling.v2.MetricSpecBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.spawnmesh.controller.api.Autoscaler;

/**
 * The autoscaler of a host. It scales the ActorHost, not the deployment: so there is one who writes
 * the deployment. Pure.
 */
final class HostAutoscaler {

  private static final int DEFAULT_CPU_PERCENT = 80;

  private HostAutoscaler() {}

  static HorizontalPodAutoscaler of(Host host) {
    Autoscaler wanted = Objects.requireNonNull(host.spec().autoscaler());
    return new HorizontalPodAutoscalerBuilder()
        .withMetadata(host.metadata(""))
        .withNewSpec()
        .withNewScaleTargetRef()
        .withApiVersion(host.resource().getApiVersion())
        .withKind(host.resource().getKind())
        .withName(host.name())
        .endScaleTargetRef()
        .withMinReplicas(Host.least(wanted))
        .withMaxReplicas(wanted.max())
        .withMetrics(metrics(wanted))
        .withNewBehavior()
        // Each pod that goes gives its actors away first: one after the other.
        .withNewScaleDown()
        .withStabilizationWindowSeconds(300)
        .addNewPolicy()
        .withType("Pods")
        .withValue(1)
        .withPeriodSeconds(Math.toIntExact(Math.min(host.graceSeconds(), 1800)))
        .endPolicy()
        .endScaleDown()
        .endBehavior()
        .endSpec()
        .build();
  }

  private static List<MetricSpec> metrics(Autoscaler wanted) {
    List<MetricSpec> metrics = new ArrayList<>();
    Integer cpu = wanted.averageCpuUtilizationPercentage();
    IntOrString memory = wanted.averageMemoryUtilizationValue();
    if (wanted.callsPerSecond() != null) {
      metrics.add(pods("spawn_invocations_per_second", wanted.callsPerSecond()));
    }
    if (wanted.activations() != null) {
      metrics.add(pods("spawn_activations", wanted.activations()));
    }
    if (wanted.mailboxDepth() != null) {
      metrics.add(pods("spawn_mailbox_depth", wanted.mailboxDepth()));
    }
    if (memory != null) {
      metrics.add(
          new MetricSpecBuilder()
              .withType("Resource")
              .withNewResource()
              .withName("memory")
              .withNewTarget()
              .withType("AverageValue")
              .withAverageValue(memory(memory))
              .endTarget()
              .endResource()
              .build());
    }
    if (cpu != null || metrics.isEmpty()) {
      metrics.add(
          new MetricSpecBuilder()
              .withType("Resource")
              .withNewResource()
              .withName("cpu")
              .withNewTarget()
              .withType("Utilization")
              .withAverageUtilization(cpu == null ? DEFAULT_CPU_PERCENT : cpu)
              .endTarget()
              .endResource()
              .build());
    }
    return metrics;
  }

  /** A bare number is of Spawn, and means Mi. */
  private static Quantity memory(IntOrString written) {
    Integer number = written.getIntVal();
    String text = written.getStrVal();
    if (number != null) {
      return new Quantity(number + "Mi");
    }
    return new Quantity(text.matches("[0-9]+") ? text + "Mi" : text);
  }

  private static MetricSpec pods(String metric, int average) {
    return new MetricSpecBuilder()
        .withType("Pods")
        .withNewPods()
        .withNewMetric()
        .withName(metric)
        .endMetric()
        .withNewTarget()
        .withType("AverageValue")
        .withAverageValue(new Quantity(String.valueOf(average)))
        .endTarget()
        .endPods()
        .build();
  }
}
