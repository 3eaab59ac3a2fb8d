package org.spawnmesh.controller.fake;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** A {@link FakeCluster} over HTTP. */
public final class FakeApiServer implements AutoCloseable {

  private static final ObjectMapper JSON = Serialization.jsonMapper();

  private final FakeCluster cluster;
  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Map<String, Access> accesses = new ConcurrentHashMap<>();
  private final Set<HttpExchange> watches = ConcurrentHashMap.newKeySet();
  private final Set<String> shutOut = ConcurrentHashMap.newKeySet();
  private final List<String> forbidden = new CopyOnWriteArrayList<>();
  private final Map<String, Set<String>> used = new ConcurrentHashMap<>();
  private volatile Faults faults = request -> 0;
  private volatile boolean closed;

  /** What goes wrong before a request is looked at. */
  public interface Faults {

    /**
     * The code to answer, 0 for none, or -1 for a connection that breaks.
     *
     * @param request method and path, as "GET /api/v1/services"
     */
    int answer(String request);
  }

  public FakeApiServer(FakeCluster cluster) throws IOException {
    this.cluster = cluster;
    this.server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 128);
    server.setExecutor(threads);
    server.createContext("/", this::serve);
    server.start();
  }

  /**
   * @param user whose rights count; everybody may everything who is given none
   */
  public KubernetesClient client(String user) {
    Config config =
        new ConfigBuilder(Config.empty())
            .withMasterUrl(url())
            .withOauthToken(user)
            .withNamespace("default")
            .withOnlyHttpWatches(true)
            .withWatchReconnectInterval(50)
            .withRequestRetryBackoffLimit(0)
            .build();
    return new KubernetesClientBuilder().withConfig(config).build();
  }

  public String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  public void grant(String user, Access access) {
    accesses.put(user, access);
  }

  public void setFaults(Faults faults) {
    this.faults = faults;
  }

  /** What was refused for want of rights. */
  public List<String> forbidden() {
    return forbidden;
  }

  /** What that user did, as "get services". */
  public Set<String> used(String user) {
    return used.getOrDefault(user, Set.of());
  }

  /** No request of that user is answered any more, until it is let in again. */
  public void shutOut(String user, boolean out) {
    if (out) {
      shutOut.add(user);
      breakWatches();
    } else {
      shutOut.remove(user);
    }
  }

  public void breakWatches() {
    watches.forEach(HttpExchange::close);
  }

  private void serve(HttpExchange exchange) throws IOException {
    String user =
        String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"))
            .replace("Bearer ", "");
    String path = exchange.getRequestURI().getPath();
    byte[] body = exchange.getRequestBody().readAllBytes();
    try {
      int fault =
          shutOut.contains(user) ? -1 : faults.answer(exchange.getRequestMethod() + " " + path);
      if (fault < 0) {
        exchange.close();
        return;
      }
      if (fault > 0) {
        throw new Refused(fault, reason(fault), "as the test wants it");
      }
      if (path.matches("/apis?/?|/version|/openapi.*")) {
        throw new Refused(404, "NotFound", path);
      }
      if (path.matches("/apis/[^/]+/[^/]+|/api/v1")) {
        answer(exchange, 200, discovery(path));
        return;
      }
      handle(exchange, user, path, body);
    } catch (Refused e) {
      ObjectNode status = JSON.createObjectNode();
      status.put("kind", "Status").put("apiVersion", "v1").put("status", "Failure");
      status.put("message", e.getMessage()).put("reason", e.reason).put("code", e.code);
      answer(exchange, e.code, status);
    } catch (IOException | RuntimeException e) {
      exchange.close();
    }
  }

  private static String reason(int code) {
    return switch (code) {
      case 409 -> "Conflict";
      case 410 -> "Expired";
      case 429 -> "TooManyRequests";
      default -> "InternalError";
    };
  }

  private static ObjectNode discovery(String path) {
    String[] parts = path.split("/");
    String group = parts.length > 3 ? parts[2] : "";
    ObjectNode list = JSON.createObjectNode();
    list.put("kind", "APIResourceList").put("apiVersion", "v1");
    list.put("groupVersion", parts.length > 3 ? parts[2] + "/" + parts[3] : "v1");
    ArrayNode resources = list.putArray("resources");
    for (Kind kind : Kind.ALL) {
      if (kind.group().equals(group)) {
        resources
            .addObject()
            .put("name", kind.plural())
            .put("kind", kind.name())
            .put("namespaced", true);
      }
    }
    if (resources.isEmpty()) {
      throw new Refused(404, "NotFound", path);
    }
    return list;
  }

  private void handle(HttpExchange exchange, String user, String path, byte[] body)
      throws IOException {
    List<String> parts = Arrays.asList(path.substring(1).split("/"));
    boolean core = parts.getFirst().equals("api");
    String group = core ? "" : parts.get(1);
    List<String> rest = parts.subList(core ? 2 : 3, parts.size());
    String namespace = null;
    if (rest.getFirst().equals("namespaces") && rest.size() > 2) {
      namespace = rest.get(1);
      rest = rest.subList(2, rest.size());
    }
    Kind kind = Kind.ofPlural(group, rest.getFirst());
    String name = rest.size() > 1 ? rest.get(1) : null;
    String subresource = rest.size() > 2 ? rest.get(2) : "";
    Map<String, String> query = query(exchange.getRequestURI().getRawQuery());
    String method = exchange.getRequestMethod();
    String verb = verb(method, name, query);
    authorize(user, verb, kind, subresource, namespace);

    String manager = query.getOrDefault("fieldManager", user);
    if ("websocket".equalsIgnoreCase(exchange.getRequestHeaders().getFirst("Upgrade"))) {
      // Clients understand this as: watch over plain HTTP.
      exchange.sendResponseHeaders(200, -1);
      exchange.close();
      return;
    }
    if (verb.equals("watch")) {
      watch(exchange, kind, namespace, query);
      return;
    }
    if (verb.equals("list")) {
      ObjectNode list = JSON.createObjectNode();
      list.put("kind", kind.name() + "List").put("apiVersion", kind.apiVersion());
      ArrayNode items = FakeCluster.array();
      String in = namespace;
      long version =
          cluster.locked(
              () -> {
                cluster
                    .list(kind.name(), in, new Selector(query.get("labelSelector")))
                    .forEach(items::add);
                return cluster.version();
              });
      list.putObject("metadata").put("resourceVersion", String.valueOf(version));
      list.set("items", items);
      answer(exchange, 200, list);
      return;
    }
    FakeCluster.Key key =
        new FakeCluster.Key(
            kind.name(),
            namespace == null ? "default" : namespace,
            name == null ? JSON.readTree(body).at("/metadata/name").asText() : name);
    switch (verb) {
      case "get" -> answer(exchange, 200, cluster.get(key));
      case "create" ->
          answer(exchange, 201, cluster.create(key, (ObjectNode) JSON.readTree(body), manager));
      case "update" ->
          answer(
              exchange,
              200,
              cluster.update(key, (ObjectNode) JSON.readTree(body), manager, subresource));
      case "delete" -> {
        cluster.delete(key);
        answer(
            exchange, 200, JSON.createObjectNode().put("kind", "Status").put("status", "Success"));
      }
      case "patch" ->
          answer(
              exchange, 200, patch(exchange, user, key, kind, body, manager, query, subresource));
      default -> throw new Refused(405, "MethodNotAllowed", verb);
    }
  }

  private ObjectNode patch(
      HttpExchange exchange,
      String user,
      FakeCluster.Key key,
      Kind kind,
      byte[] body,
      String manager,
      Map<String, String> query,
      String subresource)
      throws IOException {
    String type = exchange.getRequestHeaders().getFirst("Content-Type");
    JsonNode patch = Serialization.yamlMapper().readTree(body);
    if (!type.startsWith("application/apply-patch")) {
      return cluster.patch(key, patch, type.contains("merge"), manager, subresource);
    }
    if (subresource.isEmpty()) {
      mayHandOut(user, kind, patch);
      if (!exists(key)) {
        authorize(user, "create", kind, "", key.namespace());
      }
    }
    return cluster.apply(
        key, (ObjectNode) patch, manager, "true".equals(query.get("force")), subresource);
  }

  private boolean exists(FakeCluster.Key key) {
    try {
      return !cluster.get(key).isEmpty();
    } catch (Refused e) {
      return false;
    }
  }

  /** A role's author needs what the role gives. */
  private void mayHandOut(String user, Kind kind, JsonNode role) throws IOException {
    Access access = accesses.get(user);
    if (access == null || !kind.name().equals("Role")) {
      return;
    }
    List<PolicyRule> rules =
        JSON.convertValue(
            role.path("rules"),
            JSON.getTypeFactory().constructCollectionType(List.class, PolicyRule.class));
    if (!access.covers(rules)) {
      forbidden.add(user + " hands out " + rules);
      throw new Refused(403, "Forbidden", "user hands out more than he has: " + rules);
    }
  }

  private static String verb(String method, @Nullable String name, Map<String, String> query) {
    return switch (method) {
      case "GET" -> "true".equals(query.get("watch")) ? "watch" : name == null ? "list" : "get";
      case "POST" -> "create";
      case "PUT" -> "update";
      case "PATCH" -> "patch";
      case "DELETE" -> "delete";
      default -> method;
    };
  }

  private void authorize(
      String user, String verb, Kind kind, String subresource, @Nullable String namespace) {
    String resource = subresource.isEmpty() ? kind.plural() : kind.plural() + "/" + subresource;
    used.computeIfAbsent(user, it -> ConcurrentHashMap.newKeySet()).add(verb + " " + resource);
    Access access = accesses.get(user);
    if (access != null
        && !access.allows(verb, kind.group(), resource, namespace == null ? "" : namespace)) {
      forbidden.add("%s: %s %s in %s".formatted(user, verb, resource, namespace));
      throw new Refused(403, "Forbidden", "%s cannot %s %s".formatted(user, verb, resource));
    }
  }

  private void watch(
      HttpExchange exchange, Kind kind, @Nullable String namespace, Map<String, String> query)
      throws IOException {
    Selector selector = new Selector(query.get("labelSelector"));
    long from = Long.parseLong(query.getOrDefault("resourceVersion", "0"));
    watches.add(exchange);
    try {
      List<FakeCluster.Event> first = cluster.eventsAfter(from);
      exchange.getResponseHeaders().add("Content-Type", "application/json");
      exchange.sendResponseHeaders(200, 0);
      OutputStream out = exchange.getResponseBody();
      List<FakeCluster.Event> events = first;
      while (!closed && watches.contains(exchange)) {
        for (FakeCluster.Event event : events) {
          from = event.version();
          if (event.key().kind().equals(kind.name())
              && (namespace == null || namespace.equals(event.key().namespace()))) {
            tell(out, event, selector);
          }
        }
        out.flush();
        events = cluster.eventsAfter(from);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      watches.remove(exchange);
      exchange.close();
    }
  }

  /** An object that is not selected any more is as good as deleted, and told as it was before. */
  private static void tell(OutputStream out, FakeCluster.Event event, Selector selector)
      throws IOException {
    ObjectNode before = event.before();
    ObjectNode line = JSON.createObjectNode();
    if (selector.selects(event.object())) {
      boolean isNew = before == null || !selector.selects(before);
      line.put("type", isNew ? "ADDED" : event.type());
      line.set("object", event.object());
    } else if (before != null && selector.selects(before)) {
      ObjectNode last = before.deepCopy();
      ((ObjectNode) last.path("metadata")).put("resourceVersion", String.valueOf(event.version()));
      line.put("type", "DELETED");
      line.set("object", last);
    } else {
      return;
    }
    out.write(JSON.writeValueAsBytes(line));
    out.write('\n');
  }

  private static Map<String, String> query(@Nullable String raw) {
    Map<String, String> query = new HashMap<>();
    if (raw != null) {
      for (String pair : raw.split("&")) {
        int at = pair.indexOf('=');
        query.put(
            at < 0 ? pair : pair.substring(0, at),
            at < 0 ? "" : URLDecoder.decode(pair.substring(at + 1), StandardCharsets.UTF_8));
      }
    }
    return query;
  }

  private static void answer(HttpExchange exchange, int code, JsonNode body) throws IOException {
    byte[] bytes = JSON.writeValueAsBytes(body);
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    exchange.sendResponseHeaders(code, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  @Override
  public void close() {
    closed = true;
    breakWatches();
    server.stop(0);
    threads.shutdownNow();
  }
}
