package org.spawnmesh.controller.reconcile;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
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
import org.spawnmesh.controller.api.Activator;
import org.spawnmesh.controller.api.ActivatorStatus;
import org.spawnmesh.controller.api.ActorHost;
import org.spawnmesh.controller.desired.Labels;
import org.spawnmesh.controller.desired.Settings;
import org.spawnmesh.controller.plan.ActivatorPlan;
import org.spawnmesh.controller.plan.Plan;

/**
 * Keeps the cron jobs of activators as they shall be. Made anew for each term of leadership. They
 * are deleted with the activator by Kubernetes itself, and there is nothing to wait for.
 */
@ControllerConfiguration(name = "activators")
final class ActivatorReconciler implements Reconciler<Activator> {

  private static final Duration LOOK_AGAIN = Duration.ofSeconds(30);

  private final ApiObjects objects;
  private final Supplier<Settings> settings;
  private final InstantSource clock;

  private @Nullable InformerEventSource<ActorHost, Activator> hosts;
  private @Nullable Sources<Activator> sources;

  ActivatorReconciler(ApiObjects objects, Supplier<Settings> settings, InstantSource clock) {
    this.objects = objects;
    this.settings = settings;
    this.clock = clock;
  }

  @Override
  public List<EventSource<?, Activator>> prepareEventSources(
      EventSourceContext<Activator> context) {
    IndexerResourceCache<Activator> activators = context.getPrimaryCache();
    Sources<Activator> watched = new Sources<>(context, labels -> true, Labels.ACTIVATOR);
    watched.own(CronJob.class);
    // Which host's proxy takes the calls depends on all of the namespace.
    hosts =
        new InformerEventSource<>(
            InformerEventSourceConfiguration.from(ActorHost.class, Activator.class)
                .withSecondaryToPrimaryMapper(
                    host ->
                        activators
                            .list(host.getMetadata().getNamespace(), any -> true)
                            .map(ResourceID::fromResource)
                            .collect(Collectors.toSet()))
                .build(),
            context);
    watched.add(hosts);
    sources = watched;
    return watched.all();
  }

  @Override
  public UpdateControl<Activator> reconcile(Activator activator, Context<Activator> context) {
    Plan<ActivatorStatus> plan =
        ActivatorPlan.of(
            activator,
            Objects.requireNonNull(hosts)
                .list(activator.getMetadata().getNamespace(), any -> true)
                .toList(),
            Objects.requireNonNull(sources).owned(activator),
            settings.get(),
            clock.instant());
    try {
      objects.carryOut(plan, activator);
    } catch (RuntimeException e) {
      Refusals refusal = Refusals.of(e);
      if (refusal == null) {
        throw e;
      }
      return written(
              activator,
              ActivatorPlan.failed(activator, refusal.reason(), refusal.message(), clock.instant()))
          .rescheduleAfter(LOOK_AGAIN);
    }
    return written(activator, plan.status());
  }

  private static UpdateControl<Activator> written(Activator activator, ActivatorStatus status) {
    if (status.equals(activator.getStatus())) {
      return UpdateControl.noUpdate();
    }
    Activator fresh = new Activator();
    fresh.setMetadata(
        new ObjectMetaBuilder()
            .withName(activator.getMetadata().getName())
            .withNamespace(activator.getMetadata().getNamespace())
            .build());
    fresh.setStatus(status);
    return UpdateControl.patchStatus(fresh);
  }
}
