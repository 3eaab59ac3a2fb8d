package org.spawnmesh.admin;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * An API server of Kubernetes in memory: it keeps what it is given under its path, refuses what the
 * definitions in {@code deploy/crds} do not allow, and says so as the real one does.
 */
final class FakeKubernetes implements AutoCloseable {

  static final String TOKEN = "the-token-of-the-console";

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Path DEFINITIONS = Path.of("../deploy/crds");
  private static final String HOSTS = "/apis/spawn-eigr.io/v1/namespaces/%s/actorhosts/%s";

  private final HttpServer server;
  private final Map<String, ObjectNode> objects = new TreeMap<>();
  private final Map<String, JsonNode> definitions = new HashMap<>();
  private final Map<String, Integer> faults = new ConcurrentHashMap<>();
  private int version = 1;

  private static final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final int code;
    private final transient List<Map<String, String>> causes;

    Refusal(int code, String message, List<Map<String, String>> causes) {
      super(message);
      this.code = code;
      this.causes = causes;
    }
  }

  FakeKubernetes() throws IOException {
    try (var files = Files.list(DEFINITIONS)) {
      for (Path file : files.toList()) {
        JsonNode definition = yaml(Files.readString(file));
        definitions.put(definition.at("/spec/names/plural").asString(), definition);
      }
    }
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::serve);
    server.start();
  }

  static ObjectNode yaml(String text) {
    return (ObjectNode)
        JSON.valueToTree(new Load(LoadSettings.builder().build()).loadFromString(text));
  }

  /** How a console is told of it. */
  AdminProperties.Kubernetes properties() {
    return new AdminProperties.Kubernetes(true, url(), TOKEN, List.of(), Duration.ofSeconds(10));
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** Requests whose path ends so are answered with that code, until it is 0. */
  void fault(String end, int code) {
    faults.put(end, code);
  }

  /** As the controller, or kubectl, would. */
  synchronized void put(String path, String yaml) {
    ObjectNode object = yaml(yaml);
    begin(object, path);
    objects.put(path, object);
  }

  synchronized void remove(String path) {
    objects.remove(path);
  }

  synchronized JsonNode host(String namespace, String name) {
    ObjectNode host = objects.get(HOSTS.formatted(namespace, name));
    return host == null ? JSON.missingNode() : host.deepCopy();
  }

  synchronized void status(String namespace, String name, String yaml) {
    ObjectNode host = objects.get(HOSTS.formatted(namespace, name));
    host.set("status", yaml(yaml));
    metadata(host).put("resourceVersion", String.valueOf(++version));
  }

  private void begin(ObjectNode object, String path) {
    ObjectNode metadata = metadata(object);
    String[] parts = path.split("/");
    metadata.put("namespace", parts[path.startsWith("/api/") ? 4 : 5]);
    metadata.put("uid", "uid-" + ++version);
    metadata.put("resourceVersion", String.valueOf(version));
    metadata.put("creationTimestamp", "2026-03-01T08:30:00Z");
    metadata.putArray("managedFields").addObject().put("manager", "somebody");
  }

  private static ObjectNode metadata(ObjectNode object) {
    return object.get("metadata") instanceof ObjectNode it ? it : object.putObject("metadata");
  }

  // ---- requests ----

  private void serve(HttpExchange exchange) throws IOException {
    int code = 200;
    JsonNode answer;
    try (exchange) {
      try {
        if (!("Bearer " + TOKEN).equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
          throw new Refusal(401, "Unauthorized", List.of());
        }
        answer = answer(exchange);
      } catch (Refusal e) {
        code = e.code;
        ObjectNode status = JSON.createObjectNode();
        status.put("kind", "Status").put("apiVersion", "v1").put("status", "Failure");
        status.put("message", e.getMessage()).put("code", e.code);
        status.putObject("details").set("causes", JSON.valueToTree(e.causes));
        answer = status;
      }
      byte[] bytes = JSON.writeValueAsBytes(answer);
      exchange.getResponseHeaders().add("Content-Type", "application/json");
      exchange.sendResponseHeaders(code, bytes.length);
      exchange.getResponseBody().write(bytes);
    } catch (RuntimeException e) {
      throw new UncheckedIOException("the fake is wrong", new IOException(e));
    }
  }

  private synchronized JsonNode answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    Map<String, String> query = query(exchange.getRequestURI().getRawQuery());
    byte[] body = exchange.getRequestBody().readAllBytes();
    ObjectNode sent = body.length == 0 ? JSON.createObjectNode() : (ObjectNode) JSON.readTree(body);
    faults.forEach(
        (end, code) -> {
          if (code > 0 && path.endsWith(end)) {
            throw new Refusal(code, "the console cannot list " + end, List.of());
          }
        });
    if (path.startsWith("/apis/apiextensions.k8s.io/v1/customresourcedefinitions/")) {
      return definitions.get(path.substring(path.lastIndexOf('/') + 1).split("\\.")[0]);
    }
    if (path.endsWith("/scale")) {
      return scale(exchange.getRequestMethod(), path.substring(0, path.lastIndexOf('/')), sent);
    }
    return switch (exchange.getRequestMethod()) {
      case "GET" -> objects.containsKey(path) ? objects.get(path) : list(path, query);
      case "POST" -> write(path + "/" + sent.at("/metadata/name").asString(""), sent, query, false);
      case "PUT" -> write(path, sent, query, true);
      case "DELETE" -> {
        if (!there(path).at("/metadata/uid").equals(sent.at("/preconditions/uid"))) {
          throw new Refusal(409, "the UID in the precondition does not match", List.of());
        }
        yield objects.remove(path);
      }
      default -> throw new Refusal(405, "not here", List.of());
    };
  }

  private static Map<String, String> query(String raw) {
    Map<String, String> query = new HashMap<>();
    for (String pair : raw == null ? new String[0] : raw.split("&")) {
      String[] parts = pair.split("=", 2);
      query.put(parts[0], URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
    }
    return query;
  }

  private ObjectNode there(String path) {
    ObjectNode object = objects.get(path);
    if (object == null) {
      throw new Refusal(404, path + " not found", List.of());
    }
    return object;
  }

  /** Two a page, so that somebody has to turn it. */
  private ObjectNode list(String path, Map<String, String> query) {
    String plural = path.substring(path.lastIndexOf('/') + 1);
    boolean everywhere = !path.contains("/namespaces/");
    if (!everywhere && path.matches(".*/namespaces/[^/]+/[^/]+/[^/]+")) {
      throw new Refusal(404, path + " not found", List.of());
    }
    List<ObjectNode> found = new ArrayList<>();
    objects.forEach(
        (where, object) -> {
          boolean inside =
              everywhere
                  ? where.matches(".*/namespaces/[^/]+/" + plural + "/[^/]+")
                  : where.startsWith(path + "/");
          if (inside && selected(object, query)) {
            found.add(object);
          }
        });
    int from = Integer.parseInt("0" + query.getOrDefault("continue", ""));
    ObjectNode list = JSON.createObjectNode();
    ArrayNode items = list.putArray("items");
    found.stream().skip(from).limit(2).forEach(items::add);
    if (found.size() > from + 2) {
      list.putObject("metadata").put("continue", String.valueOf(from + 2));
    }
    return list;
  }

  private static boolean selected(ObjectNode object, Map<String, String> query) {
    boolean selected = true;
    for (String selector : query.getOrDefault("labelSelector", "").split(",")) {
      String[] parts = selector.split("=");
      JsonNode label = object.path("metadata").path("labels").path(parts[0]);
      selected &=
          parts[0].isEmpty()
              || (parts.length == 1 ? label.isString() : label.asString("").equals(parts[1]));
    }
    for (String selector : query.getOrDefault("fieldSelector", "").split(",")) {
      String[] parts = selector.split("=");
      selected &=
          parts.length < 2
              || object.at("/" + parts[0].replace('.', '/')).asString("").equals(parts[1]);
    }
    return selected;
  }

  private ObjectNode write(
      String path, ObjectNode sent, Map<String, String> query, boolean replace) {
    ObjectNode before = replace ? there(path) : null;
    String name = path.substring(path.lastIndexOf('/') + 1);
    if (!replace && objects.containsKey(path)) {
      throw new Refusal(409, "\"%s\" already exists".formatted(name), List.of());
    }
    if (before != null
        && !before.at("/metadata/resourceVersion").equals(sent.at("/metadata/resourceVersion"))) {
      throw new Refusal(409, "the object has been modified", List.of());
    }
    String[] parts = path.split("/");
    JsonNode definition = definitions.get(parts[parts.length - 2]);
    List<String> unknown = new ArrayList<>();
    List<Map<String, String>> causes = new ArrayList<>();
    check(
        definition.at("/spec/versions/0/schema/openAPIV3Schema/properties/spec"),
        sent.path("spec"),
        "spec",
        unknown,
        causes);
    if (!unknown.isEmpty() && "Strict".equals(query.get("fieldValidation"))) {
      throw new Refusal(
          400,
          "%s in version \"v1\" cannot be handled: strict decoding error: unknown field \"%s\""
              .formatted(definition.at("/spec/names/kind").asString(), unknown.getFirst()),
          List.of());
    }
    if (!causes.isEmpty()) {
      throw new Refusal(422, "\"%s\" is invalid: %s".formatted(name, causes), causes);
    }
    ObjectNode next = sent.deepCopy();
    if (before == null) {
      begin(next, path);
    } else if (before.has("status")) {
      next.set("status", before.get("status"));
    }
    if (!"All".equals(query.get("dryRun"))) {
      metadata(next).put("resourceVersion", String.valueOf(++version));
      objects.put(path, next);
    }
    return next;
  }

  private static void check(
      JsonNode schema,
      JsonNode value,
      String path,
      List<String> unknown,
      List<Map<String, String>> causes) {
    for (JsonNode required : schema.path("required")) {
      if (!value.has(required.asString())) {
        causes.add(cause(path + "." + required.asString(), "Required value"));
      }
    }
    boolean open = schema.has("x-kubernetes-preserve-unknown-fields");
    value
        .properties()
        .forEach(
            field -> {
              JsonNode child = schema.path("properties").path(field.getKey());
              if (child.isMissingNode()) {
                if (!open && !schema.has("additionalProperties")) {
                  unknown.add(path + "." + field.getKey());
                }
              } else {
                check(child, field.getValue(), path + "." + field.getKey(), unknown, causes);
              }
            });
    if (value.isArray()) {
      for (int i = 0; i < value.size(); i++) {
        check(schema.path("items"), value.get(i), path + "[" + i + "]", unknown, causes);
      }
    }
    if (value.isString() && value.asString().length() < schema.path("minLength").asInt(0)) {
      causes.add(cause(path, "Invalid value: should be at least 1 chars long"));
    }
    if (value.isNumber() && value.asDouble() < schema.path("minimum").asDouble(-1e9)) {
      causes.add(cause(path, "Invalid value: should be greater than or equal to 1"));
    }
  }

  private static Map<String, String> cause(String field, String message) {
    return Map.of("reason", "FieldValueInvalid", "field", field, "message", message);
  }

  private ObjectNode scale(String method, String path, ObjectNode sent) {
    ObjectNode object = there(path);
    if (method.equals("PUT")) {
      ((ObjectNode) object.path("spec")).put("replicas", sent.at("/spec/replicas").asInt());
      metadata(object).put("resourceVersion", String.valueOf(++version));
    }
    ObjectNode scale = JSON.createObjectNode();
    scale.put("apiVersion", "autoscaling/v1").put("kind", "Scale");
    scale.putObject("metadata").setAll(metadata(object).deepCopy());
    scale.putObject("spec").put("replicas", object.at("/spec/replicas").asInt(1));
    scale.putObject("status").put("replicas", 0);
    return scale;
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
