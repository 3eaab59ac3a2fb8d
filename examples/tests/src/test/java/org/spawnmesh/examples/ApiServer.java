package org.spawnmesh.examples;

import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.server.mock.KubernetesCrudDispatcher;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import io.fabric8.mockwebserver.http.MockResponse;
import io.fabric8.mockwebserver.http.RecordedRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Fabric8's mock of an API server, for pods: who has a token may do what the pod's roles allow, and
 * what is refused is noted. Thread-safe.
 */
final class ApiServer implements AutoCloseable {

  private static final Pattern PATH =
      Pattern.compile(
          "/(?:api/v1|apis/(?<group>[^/]+)/[^/]+)(?:/namespaces/(?<namespace>[^/]+))?"
              + "/(?<resource>[^/?]+)(?:/(?<name>[^/?]+))?(?:/(?<part>[^/?]+))?(?:\\?.*)?");

  /** Logs every request; held, or it would be collected with its level. */
  private static final Logger REQUESTS = Logger.getLogger(MockWebServer.class.getName());

  static {
    REQUESTS.setLevel(Level.OFF);
  }

  /** The token of somebody who may do everything. */
  private static final String OPERATOR = "operator";

  private final Map<String, List<Right>> rights = new ConcurrentHashMap<>();
  private final List<String> refused = new CopyOnWriteArrayList<>();
  private final KubernetesMockServer server =
      new KubernetesMockServer(
          new Context(Serialization.jsonMapper()),
          new MockWebServer(),
          new HashMap<>(),
          new Guarded(),
          false);
  private final KubernetesClient operator;

  ApiServer() {
    server.start(InetAddress.getLoopbackAddress(), 0);
    operator =
        new KubernetesClientBuilder()
            .withConfig(
                new ConfigBuilder(Config.empty())
                    .withMasterUrl(url())
                    .withOauthToken(OPERATOR)
                    .build())
            .build();
  }

  private String url() {
    return "http://127.0.0.1:" + server.getPort();
  }

  /** As {@code kubectl create} by somebody who may do everything. */
  void create(Path manifest) throws IOException {
    operator.load(Files.newInputStream(manifest)).inNamespace("shop").create();
  }

  /** The pods that leases of the shop belong to, by their UIDs. */
  List<String> leaseOwners() {
    return operator.leases().inNamespace("shop").list().getItems().stream()
        .flatMap(lease -> lease.getMetadata().getOwnerReferences().stream())
        .map(OwnerReference::getUid)
        .toList();
  }

  /** What was asked for and is not allowed. */
  List<String> refused() {
    return refused;
  }

  /**
   * What a pod with these rights is told beside its own environment. The kubelet's files are in
   * that folder here.
   */
  Map<String, String> surroundings(Path folder, String pod, List<Right> allowed)
      throws IOException {
    String token = "token-of-" + pod;
    rights.put("Bearer " + token, allowed);
    Path account = Files.createDirectories(folder.resolve("serviceaccount-" + pod));
    return Map.of(
        "KUBERNETES_MASTER",
        url(),
        "KUBERNETES_AUTH_TRYKUBECONFIG",
        "false", // or a developer's own cluster would be asked
        "KUBERNETES_AUTH_SERVICEACCOUNT_TOKEN",
        Files.writeString(account.resolve("token"), token).toString(),
        "KUBENAMESPACE",
        Files.writeString(account.resolve("namespace"), "shop").toString());
  }

  @Override
  public void close() {
    operator.close();
    server.shutdown();
  }

  private final class Guarded extends KubernetesCrudDispatcher {

    @Override
    public MockResponse dispatch(RecordedRequest request) {
      String holder = request.getHeader("Authorization");
      Matcher path = PATH.matcher(request.getPath());
      if (path.matches() && !isAllowed(holder, request, path)) {
        refused.add("%s: %s %s".formatted(holder, request.method(), request.getPath()));
        var status =
            new StatusBuilder().withCode(403).withMessage("forbidden: " + request.getPath());
        return new MockResponse()
            .setResponseCode(403)
            .setBody(Serialization.asJson(status.build()));
      }
      return super.dispatch(request);
    }

    private boolean isAllowed(String holder, RecordedRequest request, Matcher path) {
      if (("Bearer " + OPERATOR).equals(holder)) {
        return true;
      }
      String name = path.group("name");
      String part = path.group("part");
      String verb =
          switch (request.method().name()) {
            case "POST" -> "create";
            case "PUT" -> "update";
            case "GET" ->
                request.getPath().contains("watch=true") ? "watch" : name == null ? "list" : "get";
            default -> request.method().name().toLowerCase(java.util.Locale.ROOT);
          };
      String resource = path.group("resource") + (part == null ? "" : "/" + part);
      String group = Objects.requireNonNullElse(path.group("group"), "");
      return rights.getOrDefault(String.valueOf(holder), List.of()).stream()
          .anyMatch(right -> right.allows(verb, group, resource, name, path.group("namespace")));
    }
  }
}
