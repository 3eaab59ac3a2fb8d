package org.spawnmesh.controller.desired;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.batch.v1.CronJobBuilder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.controller.api.Activator;
import org.spawnmesh.controller.api.ActorHost;
import org.spawnmesh.controller.api.HostSpec;
import org.spawnmesh.controller.api.Sidecar;

/**
 * The cron jobs of an activator: at each tick of a source a pod calls the actions that are bound to
 * it, and goes. The call bears the name of the tick's job as its idempotency key, so a pod that is
 * started again applies nothing twice. Pure.
 */
public final class ActivatorObjects {

  private static final String CRON = "cron";

  /** Kubernetes adds eleven characters, to the name of each job. */
  private static final int LONGEST_NAME = 52;

  /** Longer than a call may take, so a pod that hangs does not stay. */
  private static final long JOB_SECONDS = 300;

  private static final String JOB = "JOB";
  private static final List<String> TOKEN =
      List.of("SPAWN_PROXY_APITOKEN", "SPAWN_PROXY_API_TOKEN");

  private ActivatorObjects() {}

  /** Whether activators of its type are served at all. */
  public static boolean isServed(Activator activator) {
    return activator.getSpec().activator().type().toLowerCase(Locale.ROOT).equals(CRON);
  }

  /**
   * All objects of an activator that is served, or why there are none.
   *
   * @param hosts all of its namespace
   */
  public static Desired of(Activator activator, List<ActorHost> hosts, Settings settings) {
    List<String> ignored = new ArrayList<>();
    if (activator.getSpec().activator().externalConnectorRef() != null) {
      ignored.add("activator.externalConnectorRef: actors are called over HTTP, without NATS");
    }
    if (activator.getSpec().activator().kind() != null) {
      ignored.add("activator.kind: Kubernetes itself watches the clock");
    }
    if (activator.getSpec().activator().settings() != null) {
      ignored.add("activator.settings: a schedule has none");
    }
    List<String> wrong = new ArrayList<>();
    List<HasMetadata> objects = new ArrayList<>();
    try {
      Bindings bindings = Bindings.read(activator.getSpec().bindings());
      wrong.addAll(bindings.problems());
      if (wrong.isEmpty()) {
        for (Bindings.Source source : bindings.allSources()) {
          objects.add(job(activator, source, bindings.sinksOf(source), hosts, settings));
        }
      }
    } catch (IllegalArgumentException e) {
      wrong.add(String.valueOf(e.getMessage()));
    }
    return new Desired(wrong.isEmpty() ? objects : List.of(), ignored, wrong);
  }

  private static CronJob job(
      Activator activator,
      Bindings.Source source,
      List<Bindings.Sink> sinks,
      List<ActorHost> hosts,
      Settings settings) {
    String name = activator.getMetadata().getName() + "-" + source.name();
    if (name.length() > LONGEST_NAME) {
      throw new IllegalArgumentException(
          "%s is longer than the %d characters that Kubernetes allows; give the activator or the source a shorter name"
              .formatted(name, LONGEST_NAME));
    }
    List<Container> containers = new ArrayList<>();
    for (Bindings.Sink sink : sinks) {
      containers.add(container(activator, sink, hosts, settings));
    }
    return new CronJobBuilder()
        .withMetadata(
            new ObjectMetaBuilder()
                .withName(name)
                .withNamespace(activator.getMetadata().getNamespace())
                .withLabels(Labels.of(activator))
                .withOwnerReferences(Host.ownedBy(activator))
                .build())
        .withNewSpec()
        .withSchedule(source.expr())
        .withTimeZone(source.timeZone())
        .withNewJobTemplate()
        .withNewMetadata()
        .withLabels(Labels.of(activator))
        .endMetadata()
        .withNewSpec()
        .withActiveDeadlineSeconds(JOB_SECONDS)
        .withNewTemplate()
        .withNewMetadata()
        .withLabels(Labels.of(activator))
        .endMetadata()
        .withNewSpec()
        .withRestartPolicy("OnFailure")
        .withAutomountServiceAccountToken(false)
        .withNewSecurityContext()
        .withNewSeccompProfile()
        .withType("RuntimeDefault")
        .endSeccompProfile()
        .endSecurityContext()
        .withContainers(containers)
        .addNewVolume()
        .withName(PodSpecs.SCRATCH)
        .withNewEmptyDir()
        .endEmptyDir()
        .endVolume()
        .endSpec()
        .endTemplate()
        .endSpec()
        .endJobTemplate()
        .endSpec()
        .build();
  }

  private static Container container(
      Activator activator, Bindings.Sink sink, List<ActorHost> hosts, Settings settings) {
    String system = sink.system() == null ? Annotations.systemOf(activator) : sink.system().strip();
    Via via = via(sink, system, hosts);
    List<String> arguments = new ArrayList<>();
    arguments.add("invoke");
    arguments.add("--url=http://%s:%d".formatted(via.name(), via.annotations().httpPort()));
    arguments.add("--system=" + system);
    arguments.add("--actor=" + sink.actor());
    if (sink.parent() != null) {
      arguments.add("--parent=" + sink.parent());
    }
    arguments.add("--action=" + sink.action());
    arguments.add("--key=$(%s)/%s".formatted(JOB, sink.name()));
    ContainerBuilder container =
        new ContainerBuilder()
            .withName(sink.name())
            .withImage(Host.proxyImage(via.host(), via.annotations(), settings))
            .withArgs(arguments)
            .addNewEnv()
            .withName(JOB)
            .withNewValueFrom()
            .withNewFieldRef()
            .withFieldPath("metadata.labels['batch.kubernetes.io/job-name']")
            .endFieldRef()
            .endValueFrom()
            .endEnv();
    EnvVar token = token(via.host());
    if (token != null) {
      container.addToEnv(token);
    }
    return container
        .withNewResources()
        .addToRequests("cpu", new Quantity("50m"))
        .addToRequests("memory", new Quantity("96Mi"))
        .addToLimits("memory", new Quantity("192Mi"))
        .endResources()
        .withSecurityContext(PodSpecs.locked())
        .addNewVolumeMount()
        .withName(PodSpecs.SCRATCH)
        .withMountPath("/tmp")
        .endVolumeMount()
        .build();
  }

  /** What that host's proxy asks of callers. */
  private static @Nullable EnvVar token(ActorHost host) {
    Sidecar sidecar = host.getSpec().sidecar();
    List<HostSpec.EnvironmentVariable> env = sidecar == null ? null : sidecar.env();
    return Objects.requireNonNullElse(env, List.<HostSpec.EnvironmentVariable>of()).stream()
        .filter(it -> TOKEN.contains(it.name()))
        .map(Foreign::variable)
        .findFirst()
        .orElse(null);
  }

  private record Via(ActorHost host, Annotations annotations) {

    static Via of(ActorHost host) {
      return new Via(host, Annotations.of(host, false));
    }

    String name() {
      return host.getMetadata().getName();
    }

    boolean hasProxy() {
      return !Boolean.TRUE.equals(host.getSpec().host().embedded())
          && annotations.socket() == null
          && annotations.wrong().isEmpty();
    }
  }

  /** The proxy that takes the call; which one does not matter, they find the actor anywhere. */
  private static Via via(Bindings.Sink sink, String system, List<ActorHost> hosts) {
    return hosts.stream()
        .filter(it -> Annotations.systemOf(it).equals(system))
        .filter(it -> sink.host() == null || it.getMetadata().getName().equals(sink.host()))
        .map(Via::of)
        .filter(Via::hasProxy)
        .min(Comparator.comparing(Via::name))
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "sink %s: actor system %s has no ActorHost %swith a proxy that could take the call; in an application with the engine inside, use a reminder"
                        .formatted(
                            sink.name(), system, sink.host() == null ? "" : sink.host() + " ")));
  }
}
