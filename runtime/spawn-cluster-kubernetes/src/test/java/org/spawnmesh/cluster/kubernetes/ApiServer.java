package org.spawnmesh.cluster.kubernetes;

import io.fabric8.kubernetes.api.model.DeleteOptions;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.NamespacedKubernetesClient;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import io.fabric8.kubernetes.client.server.mock.KubernetesCrudDispatcher;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import io.fabric8.mockwebserver.crud.AttributeSet;
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
import java.util.function.UnaryOperator;
import java.util.logging.Level;
import java.util.logging.Logger;
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

  private static final String LEASES =
      "/apis/coordination.k8s.io/v1/namespaces/" + NAMESPACE + "/leases";

  /** Logs every request; held, or it would be collected with its level. */
  private static final Logger REQUESTS = Logger.getLogger(MockWebServer.class.getName());

  static {
    REQUESTS.setLevel(Level.OFF);
  }

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

  /** Somebody writes this lease just before the next such request is done. */
  void overtake(Predicate<RecordedRequest> which, String name, UnaryOperator<Lease> change) {
    crud.interference = new Interference(which, name, change);
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

  private record Interference(
      Predicate<RecordedRequest> which, String name, UnaryOperator<Lease> change) {}

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
        rewrite(told.name(), told.change());
      }
      for (Refusal refusal : refusals) {
        if (refusal.which().test(request)) {
          return answer(refusal.code(), "refused by the test");
        }
      }
      if (request.method().name().equals("DELETE") && !isCurrent(request)) {
        return answer(409, "somebody wrote meanwhile");
      }
      return super.dispatch(request);
    }

    private static MockResponse answer(int code, String message) {
      var status = new StatusBuilder().withCode(code).withMessage(message).build();
      return new MockResponse().setResponseCode(code).setBody(Serialization.asJson(status));
    }

    private void rewrite(String name, UnaryOperator<Lease> change) {
      String path = LEASES + "/" + name;
      Map.Entry<AttributeSet, String> there = findResource(getKey(path));
      Lease next = change.apply(Serialization.unmarshal(there.getValue(), Lease.class));
      next.getMetadata().setResourceVersion("" + requestResourceVersion());
      processEvent(path, getKey(path), there.getKey(), null, Serialization.asJson(next));
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
