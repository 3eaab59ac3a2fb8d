package org.spawnmesh.cluster.kubernetes;

import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseList;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.dsl.MixedOperation;
import io.fabric8.kubernetes.client.dsl.NonNamespaceOperation;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.time.Timers;

/**
 * The leases of one actor system, as the API server has them. Each call is one request, which is
 * not tried again. Thread-safe; blocks, for twice the request timeout at most.
 */
final class Leases implements AutoCloseable {

  private final KubernetesClient client;
  private final String namespace;
  private final Names names;
  private final Timers timers;
  private final ThreadFactory threads;
  private final LongConsumer answered;
  private final Duration patience;

  /**
   * @param threads makes a thread for each watch that begins
   * @param answered told when a request was sent that the API server has answered
   */
  Leases(
      Names names,
      KubernetesSettings settings,
      Timers timers,
      ThreadFactory threads,
      LongConsumer answered) {
    Config config = config(settings);
    this.namespace = namespace(config);
    this.client =
        new KubernetesClientBuilder()
            .withConfig(config)
            .withHttpClientFactory(new JdkHttpClientFactory())
            .build();
    this.names = names;
    this.timers = timers;
    this.threads = threads;
    this.answered = answered;
    this.patience = settings.requestTimeout().multipliedBy(2);
  }

  private static Config config(KubernetesSettings settings) {
    String server = settings.server();
    int timeout = Math.toIntExact(settings.requestTimeout().toMillis());
    var builder =
        server == null
            ? new ConfigBuilder(Config.autoConfigure(null))
            : new ConfigBuilder(Config.empty()).withMasterUrl(server);
    if (settings.namespace() != null) {
      builder.withNamespace(settings.namespace());
    }
    return builder
        .withRequestTimeout(timeout)
        .withConnectionTimeout(timeout)
        // What fails is tried again by the next round: there is one rule for all.
        .withRequestRetryBackoffLimit(0)
        .withWatchReconnectLimit(0)
        // A connection that went silent is given up with the request that timed out; the JDK's
        // client would send the next ones into the same HTTP/2 connection.
        .withHttp2Disable(true)
        .build();
  }

  private static String namespace(Config config) {
    String namespace = config.getNamespace();
    if (namespace == null || namespace.isBlank()) {
      throw new IllegalArgumentException(
          "No Kubernetes namespace: neither the settings nor the service account or kubeconfig name"
              + " one");
    }
    return namespace;
  }

  /** Where they are, for people. */
  String where() {
    return client.getMasterUrl() + " in namespace " + namespace;
  }

  /** As it is now, not as a cache remembers it; null if it is not there. */
  @Nullable Lease get(String name) {
    return ask(() -> all().withName(name).get());
  }

  /** All of the system, as they are now, not as a cache remembers them. */
  LeaseList list() {
    return ask(() -> all().withLabel(Names.SYSTEM, names.key()).list());
  }

  /**
   * Creates it, or replaces exactly what it was made from.
   *
   * @throws KubernetesClientException with 409 if there is one already or somebody wrote meanwhile,
   *     with 404 if it is not there any more
   */
  Lease write(String name, Lease next) {
    var named = new LeaseBuilder(next);
    named
        .editOrNewMetadata()
        .withName(name)
        .withNamespace(namespace)
        .addToLabels(Names.SYSTEM, names.key())
        .endMetadata();
    Lease lease = named.build();
    boolean isNew = lease.getMetadata().getResourceVersion() == null;
    return ask(() -> isNew ? all().resource(lease).create() : all().resource(lease).update());
  }

  /** Makes sure that it is not there. */
  void delete(String name) {
    ask(() -> all().withName(name).delete());
  }

  /** Deletes it if nobody wrote since then. */
  void delete(String name, Stamp seen) {
    try {
      ask(() -> all().withName(name).lockResourceVersion(seen.version()).delete());
    } catch (KubernetesClientException e) {
      if (!isConflict(e)) {
        throw e;
      }
    }
  }

  /**
   * Tells what is written to any of the system after {@code version}, until it is closed. The
   * client would wait for ever for a server that takes the connection and says nothing, so a thread
   * of its own waits with it; a watch that comes too late is closed.
   */
  Watch watch(String version, Watcher<Lease> watcher) {
    var begun = new CompletableFuture<Watch>();
    threads
        .newThread(
            () -> {
              try {
                begun.complete(
                    all()
                        .withLabel(Names.SYSTEM, names.key())
                        .watch(
                            new ListOptionsBuilder().withResourceVersion(version).build(),
                            watcher));
              } catch (RuntimeException e) {
                begun.completeExceptionally(e);
              }
            })
        .start();
    return ask(() -> inTime(begun));
  }

  private Watch inTime(CompletableFuture<Watch> begun) {
    try {
      return begun.get(patience.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      throw KubernetesClientException.launderThrowable(e.getCause());
    } catch (TimeoutException e) {
      begun.thenAccept(Watch::close);
      throw new KubernetesClientException("The watch was not begun within " + patience, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      begun.thenAccept(Watch::close);
      throw new KubernetesClientException("The thread that began a watch was interrupted", e);
    }
  }

  static boolean isConflict(KubernetesClientException e) {
    return e.getCode() == HttpURLConnection.HTTP_CONFLICT;
  }

  static boolean isMissing(KubernetesClientException e) {
    return e.getCode() == HttpURLConnection.HTTP_NOT_FOUND;
  }

  /** What went wrong, for people: the client says which request, its cause says why. */
  static String reason(Throwable e) {
    Throwable cause = e;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    String what = String.valueOf(e.getMessage());
    String why = cause.getMessage() == null ? cause.toString() : cause.getMessage();
    return what.contains(why) ? what : what + " " + why;
  }

  /** How long its holder may give no sign of life. */
  static Duration life(Lease lease, Duration otherwise) {
    Integer seconds = lease.getSpec() == null ? null : lease.getSpec().getLeaseDurationSeconds();
    return seconds == null ? otherwise : Duration.ofSeconds(seconds);
  }

  private NonNamespaceOperation<Lease, LeaseList, Resource<Lease>> all() {
    MixedOperation<Lease, LeaseList, Resource<Lease>> leases = client.leases();
    return leases.inNamespace(namespace);
  }

  private <T> T ask(Supplier<T> request) {
    long sent = timers.nanoTime();
    try {
      T answer = request.get();
      answered.accept(sent);
      return answer;
    } catch (KubernetesClientException e) {
      if (isConflict(e) || isMissing(e)) {
        answered.accept(sent);
      }
      throw e;
    }
  }

  @Override
  public void close() {
    client.close();
  }
}
