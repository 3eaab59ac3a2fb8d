package org.spawnmesh.controller.reconcile;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
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
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.controller.api.ActorHost;
import org.spawnmesh.controller.api.ActorSystem;
import org.spawnmesh.controller.api.ActorSystemStatus;
import org.spawnmesh.controller.desired.Annotations;
import org.spawnmesh.controller.desired.Labels;
import org.spawnmesh.controller.plan.Plan;
import org.spawnmesh.controller.plan.SystemPlan;

/** Keeps the objects of actor systems as they shall be. Made anew for each term of leadership. */
@ControllerConfiguration(
    name = "actorsystems",
    finalizerName = "actorsystems.spawn-eigr.io/hosts-first")
final class SystemReconciler implements Reconciler<ActorSystem>, Cleaner<ActorSystem> {

  private static final Duration LOOK_AGAIN = Duration.ofSeconds(30);

  private final ApiObjects objects;
  private final InstantSource clock;

  private @Nullable InformerEventSource<ActorHost, ActorSystem> hosts;
  private @Nullable Sources<ActorSystem> sources;

  SystemReconciler(ApiObjects objects, InstantSource clock) {
    this.objects = objects;
    this.clock = clock;
  }

  @Override
  public List<EventSource<?, ActorSystem>> prepareEventSources(
      EventSourceContext<ActorSystem> context) {
    Sources<ActorSystem> watched =
        new Sources<>(context, labels -> !labels.containsKey(Labels.HOST), Labels.SYSTEM);
    watched.own(ServiceAccount.class, Role.class, RoleBinding.class, Service.class);
    watched.ownIfKnown("cert-manager.io/v1", "Certificate");
    hosts =
        new InformerEventSource<>(
            InformerEventSourceConfiguration.from(ActorHost.class, ActorSystem.class)
                .withSecondaryToPrimaryMapper(
                    host ->
                        Set.of(
                            new ResourceID(
                                Annotations.systemOf(host), host.getMetadata().getNamespace())))
                .build(),
            context);
    watched.add(hosts);
    sources = watched;
    return watched.all();
  }

  @Override
  public UpdateControl<ActorSystem> reconcile(ActorSystem system, Context<ActorSystem> context) {
    List<String> names = hosts(system);
    Plan<ActorSystemStatus> plan =
        SystemPlan.of(
            system, names, Objects.requireNonNull(sources).owned(system), clock.instant());
    try {
      objects.carryOut(plan, system);
    } catch (RuntimeException e) {
      Refusals refusal = Refusals.of(e);
      if (refusal == null) {
        throw e;
      }
      return written(
              system,
              SystemPlan.failed(
                  system, names, refusal.reason(), refusal.message(), clock.instant()))
          .rescheduleAfter(LOOK_AGAIN);
    }
    return written(system, plan.status());
  }

  @Override
  public DeleteControl cleanup(ActorSystem system, Context<ActorSystem> context) {
    List<String> names = hosts(system);
    if (names.isEmpty()) {
      return DeleteControl.defaultDelete();
    }
    ActorSystemStatus status = SystemPlan.waiting(system, names, clock.instant());
    if (!status.equals(system.getStatus())) {
      objects.writeStatus(withStatus(system, status));
    }
    return DeleteControl.noFinalizerRemoval().rescheduleAfter(LOOK_AGAIN.toMillis());
  }

  private List<String> hosts(ActorSystem system) {
    return Objects.requireNonNull(hosts).getSecondaryResources(system).stream()
        .map(host -> host.getMetadata().getName())
        .sorted()
        .toList();
  }

  private static UpdateControl<ActorSystem> written(ActorSystem system, ActorSystemStatus status) {
    return status.equals(system.getStatus())
        ? UpdateControl.noUpdate()
        : UpdateControl.patchStatus(withStatus(system, status));
  }

  /** Nothing but the status: the rest is the user's. */
  private static ActorSystem withStatus(ActorSystem system, ActorSystemStatus status) {
    ActorSystem fresh = new ActorSystem();
    fresh.setMetadata(
        new ObjectMetaBuilder()
            .withName(system.getMetadata().getName())
            .withNamespace(system.getMetadata().getNamespace())
            .build());
    fresh.setStatus(status);
    return fresh;
  }
}
