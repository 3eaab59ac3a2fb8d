package org.spawnmesh.controller.reconcile;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.function.BooleanSupplier;
import org.spawnmesh.controller.desired.Labels;
import org.spawnmesh.controller.plan.Plan;

/** Writes to the API server, as long as this process leads. Thread-safe. */
final class ApiObjects {

  private final KubernetesClient client;
  private final BooleanSupplier leads;

  ApiObjects(KubernetesClient client, BooleanSupplier leads) {
    this.client = client;
    this.leads = leads;
  }

  /**
   * Does what the plan says, as far as it comes.
   *
   * @param owner of all objects
   * @throws NameTakenException if an object of that name is somebody else's
   * @throws io.fabric8.kubernetes.client.KubernetesClientException if the API server refuses
   */
  void carryOut(Plan<?> plan, HasMetadata owner) {
    for (HasMetadata object : plan.delete()) {
      assertLeads();
      client.resource(object).delete();
    }
    for (HasMetadata object : plan.apply()) {
      assertLeads();
      refuseIfTaken(object, owner);
      client.resource(object).fieldManager(Labels.CONTROLLER).forceConflicts().serverSideApply();
    }
  }

  /** Tells all pods to stop, and leaves the deployment otherwise as it is. */
  void stop(Deployment deployment) {
    if (deployment.getSpec().getReplicas() != null && deployment.getSpec().getReplicas() == 0) {
      return;
    }
    assertLeads();
    client
        .resource(deployment)
        .patch(
            new PatchContext.Builder()
                .withPatchType(PatchType.JSON_MERGE)
                .withFieldManager(Labels.CONTROLLER)
                .build(),
            "{\"spec\":{\"replicas\":0}}");
  }

  /**
   * @param resource with its name and its status alone
   */
  void writeStatus(CustomResource<?, ?> resource) {
    assertLeads();
    client
        .resource(resource)
        .subresource("status")
        .patch(
            new PatchContext.Builder()
                .withPatchType(PatchType.SERVER_SIDE_APPLY)
                .withFieldManager(Labels.CONTROLLER)
                .withForce(true)
                .build());
  }

  /** Server-side apply with force would take over what a user made by hand. */
  private void refuseIfTaken(HasMetadata object, HasMetadata owner) {
    HasMetadata there = client.resource(object).get();
    if (there != null && !isOurs(there, owner)) {
      throw new NameTakenException(
          "%s %s is there already and belongs to somebody else. Delete it, or rename this %s."
              .formatted(there.getKind(), there.getMetadata().getName(), owner.getKind()));
    }
  }

  private static boolean isOurs(HasMetadata there, HasMetadata owner) {
    return there instanceof PersistentVolumeClaim
        || there.getMetadata().getOwnerReferences().stream()
            .anyMatch(it -> it.getUid().equals(owner.getMetadata().getUid()));
  }

  private void assertLeads() {
    if (!leads.getAsBoolean()) {
      throw new IllegalStateException(
          "This controller does not lead any more; the one that does goes on.");
    }
  }

  /** An object of that name is somebody else's. */
  static final class NameTakenException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    NameTakenException(String message) {
      super(message);
    }
  }
}
