package org.spawnmesh.controller.reconcile;

import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.api.config.ControllerConfigurationOverrider;
import io.javaoperatorsdk.operator.processing.retry.GenericRetry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.spawnmesh.controller.desired.Labels;
import org.spawnmesh.controller.desired.Settings;

/** All controllers of one term of leadership. */
public final class Controllers {

  private final KubernetesClient client;
  private final Supplier<Settings> settings;
  private final Set<String> namespaces;
  private final InstantSource clock;
  private final Duration retryAfter;

  /**
   * @param namespaces that are watched; all if empty
   * @param retryAfter how long to wait after a first failure; twice as long after each further one,
   *     up to sixty times as long
   */
  public Controllers(
      KubernetesClient client,
      Supplier<Settings> settings,
      Set<String> namespaces,
      InstantSource clock,
      Duration retryAfter) {
    this.client = client;
    this.settings = settings;
    this.namespaces = Set.copyOf(namespaces);
    this.clock = clock;
    this.retryAfter = retryAfter;
  }

  /**
   * Starts them; returns when all watches have told what there is.
   *
   * @param leads asked before each write
   * @param broken told when a watch has ended for good
   */
  public Operator begin(BooleanSupplier leads, Runnable broken) {
    Operator operator =
        new Operator(
            overrider ->
                overrider
                    .withKubernetesClient(client)
                    .withCloseClientOnStop(false)
                    .withInformerStoppedHandler(
                        (informer, failure) -> {
                          if (failure != null) {
                            broken.run();
                          }
                        })
                    .withUseSSAToPatchPrimaryResource(true)
                    .withReconciliationTerminationTimeout(Duration.ofSeconds(5)));
    ApiObjects objects = new ApiObjects(client, leads);
    operator.register(new SystemReconciler(objects, clock), this::configure);
    operator.register(new HostReconciler(objects, settings, clock), this::configure);
    operator.register(new ActivatorReconciler(objects, settings, clock), this::configure);
    try {
      operator.start();
    } catch (RuntimeException e) {
      operator.stop();
      throw e;
    }
    return operator;
  }

  private <P extends CustomResource<?, ?>> void configure(
      ControllerConfigurationOverrider<P> controller) {
    controller
        .withFieldManager(Labels.CONTROLLER)
        .withGenerationAware(false)
        .withRetry(
            new GenericRetry()
                .setInitialInterval(retryAfter)
                .setIntervalMultiplier(2)
                .setMaxInterval(retryAfter.multipliedBy(60).toMillis())
                .withoutMaxAttempts());
    if (!namespaces.isEmpty()) {
      controller.settingNamespaces(namespaces);
    }
  }
}
