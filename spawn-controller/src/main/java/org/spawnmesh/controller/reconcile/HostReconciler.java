package org.spawnmesh.controller.reconcile;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Cleaner;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.DeleteControl;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.controller.api.ActorHost;
import org.spawnmesh.controller.api.ActorHostStatus;
import org.spawnmesh.controller.api.ActorSystem;
import org.spawnmesh.controller.desired.Annotations;
import org.spawnmesh.controller.desired.Labels;
import org.spawnmesh.controller.desired.Settings;
import org.spawnmesh.controller.plan.HostPlan;
import org.spawnmesh.controller.plan.HostPlan.Observed;
import org.spawnmesh.controller.plan.Plan;

/** Keeps the objects of actor hosts as they shall be. Made anew for each term of leadership. */
@ControllerConfiguration(name = "actorhosts", finalizerName = "actorhosts.spawn-eigr.io/drain")
final class HostReconciler implements Reconciler<ActorHost>, Cleaner<ActorHost> {

  private static final Duration LOOK_AGAIN = Duration.ofSeconds(30);

  private final ApiObjects objects;
  private final Supplier<Settings> settings;
  private final InstantSource clock;

  private @Nullable IndexerResourceCache<ActorHost> hosts;
  private @Nullable InformerEventSource<ActorSystem, ActorHost> systems;
  private @Nullable InformerEventSource<Pod, ActorHost> pods;
  private @Nullable Sources<ActorHost> sources;

  HostReconciler(ApiObjects objects, Supplier<Settings> settings, InstantSource clock) {
    this.objects = objects;
    this.settings = settings;
    this.clock = clock;
  }

  @Override
  public List<EventSource<?, ActorHost>> prepareEventSources(
      EventSourceContext<ActorHost> context) {
    hosts = context.getPrimaryCache();
    Sources<ActorHost> watched = new Sources<>(context, labels -> true, Labels.HOST);
    watched.own(
        Deployment.class,
        Service.class,
        ConfigMap.class,
        PersistentVolumeClaim.class,
        NetworkPolicy.class,
        PodDisruptionBudget.class,
        HorizontalPodAutoscaler.class);
    watched.ownIfKnown("monitoring.coreos.com/v1", "ServiceMonitor");
    pods = watched.watch(Pod.class);
    systems =
        new InformerEventSource<>(
            InformerEventSourceConfiguration.from(ActorSystem.class, ActorHost.class)
                .withSecondaryToPrimaryMapper(
                    system ->
                        hostsOf(system.getMetadata().getName(), system.getMetadata().getNamespace())
                            .stream()
                            .map(ResourceID::fromResource)
                            .collect(Collectors.toSet()))
                .build(),
            context);
    watched.add(systems);
    sources = watched;
    return watched.all();
  }

  @Override
  public UpdateControl<ActorHost> reconcile(ActorHost host, Context<ActorHost> context) {
    Observed seen = observed(host);
    Plan<ActorHostStatus> plan = HostPlan.of(seen, settings.get(), clock.instant());
    try {
      objects.carryOut(plan, host);
    } catch (RuntimeException e) {
      Refusals refusal = Refusals.of(e);
      if (refusal == null) {
        throw e;
      }
      return written(
              host, HostPlan.failed(seen, refusal.reason(), refusal.message(), clock.instant()))
          .rescheduleAfter(LOOK_AGAIN);
    }
    return written(host, plan.status()).rescheduleAfter(LOOK_AGAIN);
  }

  /** The host goes when its pods have gone, and with it, by Kubernetes, what it owns. */
  @Override
  public DeleteControl cleanup(ActorHost host, Context<ActorHost> context) {
    Observed seen = observed(host);
    seen.owned().stream()
        .filter(Deployment.class::isInstance)
        .forEach(deployment -> objects.stop((Deployment) deployment));
    if (HostPlan.isGone(seen)) {
      return DeleteControl.defaultDelete();
    }
    ActorHostStatus status = HostPlan.draining(seen, clock.instant());
    if (!status.equals(host.getStatus())) {
      objects.writeStatus(withStatus(host, status));
    }
    return DeleteControl.noFinalizerRemoval().rescheduleAfter(LOOK_AGAIN.toMillis());
  }

  private Observed observed(ActorHost host) {
    String namespace = host.getMetadata().getNamespace();
    String system = Annotations.systemOf(host);
    return new Observed(
        host,
        Objects.requireNonNull(systems).get(new ResourceID(system, namespace)).orElse(null),
        hostsOf(system, namespace).stream().map(it -> it.getMetadata().getName()).toList(),
        Objects.requireNonNull(sources).owned(host),
        List.copyOf(Objects.requireNonNull(pods).getSecondaryResources(host)));
  }

  private List<ActorHost> hostsOf(String system, String namespace) {
    return Objects.requireNonNull(hosts)
        .list(namespace, host -> Annotations.systemOf(host).equals(system))
        .toList();
  }

  private static UpdateControl<ActorHost> written(ActorHost host, ActorHostStatus status) {
    return status.equals(host.getStatus())
        ? UpdateControl.noUpdate()
        : UpdateControl.patchStatus(withStatus(host, status));
  }

  /** Nothing but the status: the rest is the user's. */
  private static ActorHost withStatus(ActorHost host, ActorHostStatus status) {
    ActorHost fresh = new ActorHost();
    fresh.setMetadata(
        new ObjectMetaBuilder()
            .withName(host.getMetadata().getName())
            .withNamespace(host.getMetadata().getNamespace())
            .build());
    fresh.setStatus(status);
    return fresh;
  }
}
