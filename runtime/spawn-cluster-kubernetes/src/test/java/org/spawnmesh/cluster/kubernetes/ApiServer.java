package org.spawnmesh.cluster.kubernetes;

import io.fabric8.kubernetes.api.model.DeleteOptions;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.NamespacedKubernetesClient;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import io.fabric8.kubernetes.client.server.mock.KubernetesCrudDispatcher;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import io.fabric8.mockwebserver.http.MockResponse;
import io.fabric8.mockwebserver.http.RecordedRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Fabric8's mock of an API server, with what it lacks and is needed here: it deletes only the
 * version that a request names, and refuses what it is told to refuse.
 *
 * <p>What it still lacks: it neither deletes what belonged to a deleted owner, nor checks what is
 * written, nor begins a watch where the list ended; a watch tells first what there is.
 */
final class ApiServer implements AutoCloseable {

  static final String NAMESPACE = "test";

  private final Crud crud = new Crud();
  private final KubernetesMockServer server =
      new KubernetesMockServer(
          new Context(Serialization.jsonMapper()),
          new MockWebServer(),
          new HashMap<>(),
          crud,
          false);
  private final NamespacedKubernetesClient operator;
  private final Set<Gateway> gateways = ConcurrentHashMap.newKeySet();
  private volatile boolean away;

  ApiServer() {
    server.start(InetAddress.getLoopbackAddress(), 0);
    operator = server.createClient(new JdkHttpClientFactory());
  }

  /** Somebody who may do everything, and does not come through a gateway. */
  NamespacedKubernetesClient operator() {
    return operator;
  }

  @Nullable Lease lease(String name) {
    return operator.leases().inNamespace(NAMESPACE).withName(name).get();
  }

  /** Another node's way here. */
  Gateway gateway() throws IOException {
    var gateway = new Gateway(server.getPort());
    gateways.add(gateway);
    if (away) {
      gateway.shut();
    }
    return gateway;
  }

  void goAway() {
    away = true;
    gateways.forEach(Gateway::shut);
  }

  void comeBack() {
    away = false;
    gateways.forEach(Gateway::open);
  }

  /** Forgets everything, and tells no watch. */
  void wipe() {
    crud.reset();
  }

  /** Answers such requests with this code, until the returned is closed. */
  Refusal refuse(int code, Predicate<RecordedRequest> which) {
    var refusal = new Refusal(code, which, crud);
    crud.refusals.add(refusal);
    return refusal;
  }

  /** Is told of every request before it is done. */
  void beforeEach(Predicate<RecordedRequest> which, Runnable action) {
    crud.interference = new Interference(which, action);
  }

  /** How often requests with these methods, to paths that contain this, were made. */
  long count(String path, String... methods) {
    return crud.requests.stream()
        .filter(request -> List.of(methods).contains(request.method().name()))
        .filter(request -> request.getPath().contains(path))
        .count();
  }

  @Override
  public void close() {
    gateways.forEach(Gateway::close);
    operator.close();
    server.shutdown();
  }

  /** Requests that are not done. */
  record Refusal(int code, Predicate<RecordedRequest> which, Crud crud) implements AutoCloseable {

    @Override
    public void close() {
      crud.refusals.remove(this);
    }
  }

  private record Interference(Predicate<RecordedRequest> which, Runnable action) {}

  private static final class Crud extends KubernetesCrudDispatcher {

    private final List<Refusal> refusals = new CopyOnWriteArrayList<>();
    private final List<RecordedRequest> requests = new CopyOnWriteArrayList<>();
    private volatile @Nullable Interference interference;

    @Override
    public MockResponse dispatch(RecordedRequest request) {
      requests.add(request);
      Interference told = interference;
      if (told != null && told.which().test(request)) {
        interference = null;
        told.action().run();
      }
      for (Refusal refusal : refusals) {
        if (refusal.which().test(request)) {
          return new MockResponse().setResponseCode(refusal.code()).setBody("refused by the test");
        }
      }
      if (request.method().name().equals("DELETE") && !isCurrent(request)) {
        return new MockResponse().setResponseCode(409).setBody("somebody wrote meanwhile");
      }
      return super.dispatch(request);
    }

    private boolean isCurrent(RecordedRequest delete) {
      String body = delete.getBody().readUtf8();
      DeleteOptions options =
          body.isBlank() ? null : Serialization.unmarshal(body, DeleteOptions.class);
      if (options == null
          || options.getPreconditions() == null
          || options.getPreconditions().getResourceVersion() == null) {
        return true;
      }
      Map.Entry<?, String> there = findResource(getKey(delete.getPath()));
      return there == null
          || Serialization.unmarshal(there.getValue(), Lease.class)
              .getMetadata()
              .getResourceVersion()
              .equals(options.getPreconditions().getResourceVersion());
    }
  }
}
