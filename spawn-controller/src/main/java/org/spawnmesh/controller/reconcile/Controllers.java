package org.spawnmesh.controller.reconcile;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.CustomResource;
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
   * @param retryAfter how long to wait after a first failure; twice as long after each further one
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
   * Made, not started.
   *
   * @param leads asked before each write
   */
  public Operator ofTerm(BooleanSupplier leads) {
    Operator operator =
        new Operator(
            overrider ->
                overrider
                    .withKubernetesClient(client)
                    .withCloseClientOnStop(false)
                    .withUseSSAToPatchPrimaryResource(true)
                    .withReconciliationTerminationTimeout(Duration.ofSeconds(5)));
    ApiObjects objects = new ApiObjects(client, leads);
    operator.register(new SystemReconciler(objects, clock), this::configure);
    operator.register(new HostReconciler(objects, settings, clock), this::configure);
    operator.register(new ActivatorReconciler(clock), this::configure);
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
                .setMaxInterval(Duration.ofMinutes(1).toMillis())
                .withoutMaxAttempts());
    if (!namespaces.isEmpty()) {
      controller.settingNamespaces(namespaces);
    }
  }
}
