package org.spawnmesh.controller.reconcile;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import java.time.InstantSource;
import java.util.List;
import org.spawnmesh.controller.api.Activator;
import org.spawnmesh.controller.api.ActivatorStatus;
import org.spawnmesh.controller.plan.Conditions;

/** Says of activators that nothing serves them yet. */
@ControllerConfiguration(name = "activators")
final class ActivatorReconciler implements Reconciler<Activator> {

  private final InstantSource clock;

  ActivatorReconciler(InstantSource clock) {
    this.clock = clock;
  }

  @Override
  public UpdateControl<Activator> reconcile(Activator activator, Context<Activator> context) {
    ActivatorStatus before = activator.getStatus();
    Long generation = activator.getMetadata().getGeneration();
    List<Condition> conditions =
        new Conditions(before == null ? null : before.conditions(), generation, clock.instant())
            .set(
                "Ready",
                false,
                "NotServed",
                "This version has no activators. Call actors over HTTP, or schedule calls in an"
                    + " actor.")
            .list();
    ActivatorStatus status = new ActivatorStatus(generation, conditions);
    if (status.equals(before)) {
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
