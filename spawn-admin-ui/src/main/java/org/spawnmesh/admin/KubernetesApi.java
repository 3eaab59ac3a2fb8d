package org.spawnmesh.admin;

import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.web.util.UriComponentsBuilder;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The API server of Kubernetes: JSON in, JSON out, for kinds that this console has no classes of.
 * Thread-safe; blocks.
 */
final class KubernetesApi implements AutoCloseable {

  private static final String PAGE = "500";
  private static final Pattern UNKNOWN_FIELD = Pattern.compile("unknown field \\\\?\"([^\"\\\\]+)");

  private final KubernetesClient client;
  private final JsonMapper json = JsonMapper.builder().build();

  KubernetesApi(KubernetesClient client) {
    this.client = client;
  }

  /** As the properties say, and for the rest as kubectl does it, or a pod. */
  static KubernetesApi of(AdminProperties.Kubernetes properties) {
    Duration timeout = properties.timeout();
    ConfigBuilder config =
        new ConfigBuilder(properties.url() == null ? Config.autoConfigure(null) : Config.empty())
            .withConnectionTimeout((int) timeout.toMillis())
            .withRequestTimeout((int) timeout.toMillis())
            .withRequestRetryBackoffLimit(0);
    if (properties.url() != null) {
      config.withMasterUrl(properties.url());
    }
    if (properties.token() != null) {
      config.withOauthToken(properties.token());
    }
    return new KubernetesApi(new KubernetesClientBuilder().withConfig(config.build()).build());
  }

  /** Where {@code kubectl} would look when it is told no namespace. */
  String namespace() {
    return Objects.requireNonNullElse(client.getNamespace(), "default");
  }

  /**
   * @param path with a {@code {}} placeholder for each segment that is given
   * @throws ClusterException if there is no good answer
   */
  JsonNode get(String path, Map<String, String> query, Object... segments) {
    return send("GET", path, query, null, segments);
  }

  /** All of a list, page by page. */
  List<JsonNode> list(String path, Map<String, String> query, Object... segments) {
    List<JsonNode> all = new ArrayList<>();
    Map<String, String> page = new LinkedHashMap<>(query);
    page.put("limit", PAGE);
    String next;
    do {
      JsonNode list = get(path, page, segments);
      list.path("items").forEach(all::add);
      next = list.at("/metadata/continue").asString("");
      page.put("continue", next);
    } while (!next.isEmpty());
    return all;
  }

  JsonNode send(
      String method,
      String path,
      Map<String, String> query,
      @Nullable JsonNode body,
      Object... segments) {
    UriComponentsBuilder uri = UriComponentsBuilder.fromPath(path);
    List<Object> values = new ArrayList<>(List.of(segments));
    query.forEach(
        (name, value) -> {
          uri.queryParam(name, "{" + name + "}");
          values.add(value);
        });
    try {
      return json.readTree(
          client.raw(
              uri.encode().buildAndExpand(values.toArray()).toUriString(),
              method,
              body == null ? null : json.writeValueAsString(body)));
    } catch (KubernetesClientException e) {
      throw refused(e);
    }
  }

  private static ClusterException refused(KubernetesClientException e) {
    Status status = e.getStatus();
    if (status == null || e.getCode() == 0) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      return new ClusterException(
          0, "Kubernetes does not answer: " + cause.getMessage(), List.of());
    }
    String words = Objects.requireNonNullElse(status.getMessage(), String.valueOf(e.getMessage()));
    List<ClusterException.Cause> causes = new ArrayList<>();
    if (status.getDetails() != null && status.getDetails().getCauses() != null) {
      status
          .getDetails()
          .getCauses()
          .forEach(
              cause ->
                  causes.add(
                      new ClusterException.Cause(
                          Objects.requireNonNullElse(cause.getField(), ""),
                          Objects.requireNonNullElse(cause.getMessage(), words))));
    }
    if (causes.isEmpty()) { // a field that the schema does not know is told in words alone
      Matcher unknown = UNKNOWN_FIELD.matcher(words);
      while (unknown.find()) {
        causes.add(new ClusterException.Cause(unknown.group(1), "There is no such field"));
      }
    }
    return new ClusterException(e.getCode(), "Kubernetes refuses it: " + words, causes);
  }

  @Override
  public void close() {
    client.close();
  }
}
