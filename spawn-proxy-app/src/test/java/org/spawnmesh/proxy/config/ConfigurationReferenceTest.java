package org.spawnmesh.proxy.config;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.core.env.MapPropertySource;
import org.springframework.mock.env.MockEnvironment;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code docs/reference/configuration.md} says what the code says. Properties come from the
 * configuration metadata, variables from what {@link ProxyEnvironment} makes of them.
 *
 * <p>{@code -Dspawn.docs.write=true} writes the page instead of comparing it.
 */
class ConfigurationReferenceTest {

  private static final Path PAGE = Path.of("../docs/reference/configuration.md");
  private static final String METADATA = "META-INF/spring-configuration-metadata.json";

  /** Without these, a variable of a database would have nothing to act on. */
  private static final List<Map<String, String>> SURROUNDINGS =
      List.of(
          Map.of(),
          Map.of("PROXY_DATABASE_TYPE", "postgres"),
          Map.of("PROXY_DATABASE_TYPE", "postgres", "PROXY_DATABASE_SSL", "true"));

  /** One of these changes whatever a variable can change. */
  private static final List<String> VALUES =
      List.of(
          "true",
          "1234",
          "daemon",
          "debug",
          "mysql",
          Base64.getEncoder().encodeToString(new byte[32]));

  /** Variables of Spawn that do nothing here, in the order of its own documentation. */
  private static final String WITHOUT_MEANING =
      """
      PROXY_HTTP_NUM_ACCEPTORS | One event loop for each core accepts and reads.
      PROXY_GRPC_PORT, PROXY_GRPC_SERVER_ENABLED, PROXY_GRPC_REFLECTION_ENABLED, \
      PROXY_GRPC_HTTP_TRANSCODING_ENABLED, PROXY_GRPC_INCLUDE_PROTOS_PATH, \
      PROXY_GRPC_COMPILED_MODULES_PATH | There is no gRPC server yet; the protocol is served over HTTP.
      PROXY_PROTO_DESCRIPTOR_PATH | Spawn reads it and does nothing with it.
      PROXY_HOST_INTERFACE, NODE_IP | Labels in Spawn. Where to listen is `server.address`.
      PROXY_HTTP_CLIENT_ADAPTER | There is one client.
      PROXY_HTTP_CLIENT_ADAPTER_POOL_SCHEDULERS, PROXY_HTTP_CLIENT_ADAPTER_POOL_SIZE | One pool for \
      each host: `spawn.proxy.host.connections`.
      PROXY_HTTP_CLIENT_ADAPTER_POOL_MAX_IDLE_TIMEOUT | `spawn.proxy.host.idle-timeout`.
      PROXY_CLUSTER_STRATEGY, PROXY_HEADLESS_SERVICE, PROXY_CLUSTER_POLLING, \
      PROXY_CLUSTER_GOSSIP_BROADCAST_ONLY, PROXY_CLUSTER_GOSSIP_REUSE_ADDRESS, \
      PROXY_CLUSTER_GOSSIP_MULTICAST_ADDRESS | Nodes find each other by `spawn.cluster.type`, not \
      by gossip or DNS.
      PROXY_DATABASE_POOL_SIZE, PROXY_DATABASE_QUEUE_TARGET | Many changes share one commit, so a few \
      connections carry them: `spawn.statestore.writers`.
      SPAWN_DELAYED_INVOKES | Timers and scheduled calls are always on.
      SPAWN_PUBSUB_ADAPTER, SPAWN_PUBSUB_NATS_* | Channels are served by the node; there is no NATS.
      SPAWN_USE_INTERNAL_NATS, SPAWN_INTERNAL_NATS_* | One proxy serves one actor system; there is no \
      NATS between several.
      SPAWN_CRDT_*, SPAWN_STATE_HANDOFF_SYNC_INTERVAL, SPAWN_SUPERVISORS_STATE_HANDOFF_* | The \
      database decides who owns an actor; what its owner knows is handed over as it moves.
      SPAWN_SUPERVISORS_ACTORS_MAX_RESTARTS, SPAWN_SUPERVISORS_ACTORS_MAX_SECONDS | No supervisor: an \
      action that fails changes nothing, and its actor goes on.
      ACTORS_GLOBAL_BACKPRESSURE_* | Bounds hold for each actor (`spawn.limits.mailbox`) and each \
      host (`spawn.proxy.host.calls`).
      SPAWN_DISABLE_METRICS, SPAWN_CONSOLE_METRICS | Metrics are served at `/metrics` and cost \
      nothing while nobody asks.
      SPAWN_PROXY_TASK_CONFIG | Tasks are served like named actors; nothing schedules them.
      MIX_ENV, RELEASE_COOKIE, RELEASE_NODE, RELEASE_NAME, ERL_FLAGS | For Erlang.
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT, OTEL_EXPORTER_OTLP_TRACES_PROTOCOL, \
      OTEL_EXPORTER_OTLP_TRACES_COMPRESSION | Traces are not exported by the proxy.
      PROXY_HEARTBEAT_INTERVAL | Spawn does nothing with it.
      """;

  @Test
  void thePageSaysWhatTheCodeSays() throws IOException {
    String page = page();
    if (Boolean.getBoolean("spawn.docs.write")) {
      Files.createDirectories(PAGE.getParent());
      Files.writeString(PAGE, page);
    }
    assertThat(Files.readString(PAGE))
        .as("docs/reference/configuration.md; -Dspawn.docs.write=true writes it anew")
        .isEqualTo(page);
  }

  @Test
  void everyPropertyIsDescribed() throws IOException {
    assertThat(properties().values())
        .allSatisfy(property -> assertThat(property.path("description").asString("")).isNotBlank());
  }

  @Test
  void noVariableBothSetsSomethingAndHasNoMeaning() {
    assertThat(variables().keySet())
        .allSatisfy(variable -> assertThat(WITHOUT_MEANING).doesNotContain(variable + " |"))
        .allSatisfy(variable -> assertThat(WITHOUT_MEANING).doesNotContain(variable + ","));
  }

  // ---- the page ----

  private static String page() throws IOException {
    Map<String, JsonNode> properties = properties();
    Map<String, Set<String>> variables = variables();
    return """
    # Configuration

    <!-- Written by ConfigurationReferenceTest from the code; CONTRIBUTING.md says how. Do not edit. -->

    Every property can be set in `application.properties`, on the command line (`--spawn.timeout=10s`), or by an
    environment variable, as [Spring Boot](https://docs.spring.io/spring-boot/reference/features/external-config.html)
    does it. Variables in *italics* are those of Spawn; only the proxy knows them, and a property that is set in any
    other way wins.

    A *duration* is a number with a unit (`500ms`, `30s`, `5m`), a *size* too (`512KB`, `4MB`).

    How to: [configure a node](../how-to/configure.md), [keep state in your own
    database](../how-to/use-your-own-database.md), [run the proxy](../how-to/run-the-proxy.md).

    ## The node

    In every application with the starter, and in the proxy.

    %s
    ## The proxy

    %s
    The proxy's own defaults, where they differ from the node's or from Spring Boot's:

    %s
    ## Variables of Spawn

    | variable | sets |
    | --- | --- |
    %s
    An empty variable is an absent one. `true` is true; everything else is false.

    ## Variables of Spawn without meaning here

    They may be set, and do nothing.

    | variable | because |
    | --- | --- |
    %s"""
        .formatted(
            table(properties, variables, false),
            table(properties, variables, true),
            defaults(),
            variables.entrySet().stream()
                .map(
                    entry ->
                        row(
                            code(entry.getKey()),
                            entry.getValue().stream()
                                .map(ConfigurationReferenceTest::code)
                                .collect(joining(", "))))
                .collect(joining()),
            WITHOUT_MEANING
                .lines()
                .map(line -> line.split(" \\| ", 2))
                .map(
                    cells ->
                        row(
                            Arrays.stream(cells[0].split(", "))
                                .map(ConfigurationReferenceTest::code)
                                .collect(joining(", ")),
                            cells[1]))
                .collect(joining()));
  }

  private static String table(
      Map<String, JsonNode> properties, Map<String, Set<String>> variables, boolean ofProxy) {
    StringBuilder table =
        new StringBuilder(
            """
            | property | type | default | environment | meaning |
            | --- | --- | --- | --- | --- |
            """);
    properties.forEach(
        (name, property) -> {
          boolean proxy = name.startsWith("spawn.proxy") || name.equals("spawn.dev");
          if (proxy == ofProxy) {
            table.append(
                row(
                    code(name),
                    type(property.path("type").asString()),
                    property.has("defaultValue")
                        ? code(property.path("defaultValue").asString())
                        : "",
                    environment(name, variables),
                    property.path("description").asString()));
          }
        });
    return table.toString();
  }

  private static String environment(String property, Map<String, Set<String>> variables) {
    String relaxed = property.replace('.', '_').replace("-", "").toUpperCase(Locale.ROOT);
    StringBuilder text = new StringBuilder(code(isMap(property) ? relaxed + "_…" : relaxed));
    variables.forEach(
        (variable, sets) -> {
          if (sets.stream().anyMatch(set -> set.equals(property) || set.startsWith(property + "."))
              && !variable.equals(relaxed)) {
            text.append(", *").append(code(variable)).append('*');
          }
        });
    return text.toString();
  }

  private static boolean isMap(String property) {
    return property.endsWith(".keys");
  }

  private static String type(String name) {
    return switch (name) {
      case "java.lang.String" -> "text";
      case "java.lang.Integer", "java.lang.Double" -> "number";
      case "java.lang.Boolean" -> "`true`, `false`";
      case "java.time.Duration" -> "duration";
      case "org.springframework.util.unit.DataSize" -> "size";
      case "java.util.Map<java.lang.String,java.lang.String>" -> "text for each id";
      case "java.util.Set<java.lang.String>" -> "texts, separated by commas";
      default -> values(name);
    };
  }

  private static String values(String enumName) {
    try {
      return Arrays.stream(Class.forName(enumName).getEnumConstants())
          .map(value -> code(value.toString().toLowerCase(Locale.ROOT).replace('_', '-')))
          .collect(joining(", "));
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException("A property of a type that the page has no word for", e);
    }
  }

  private static String defaults() {
    StringBuilder table = new StringBuilder("| property | in the proxy |\n| --- | --- |\n");
    new TreeMap<>(made(Map.of()))
        .forEach((name, value) -> table.append(row(code(name), code(value.toString()))));
    return table.toString();
  }

  private static String row(String... cells) {
    return "| "
        + Arrays.stream(cells).map(cell -> cell.replace("|", "\\|")).collect(joining(" | "))
        + " |\n";
  }

  private static String code(String text) {
    return "`" + text + "`";
  }

  // ---- what the code says ----

  private static Map<String, JsonNode> properties() throws IOException {
    Map<String, JsonNode> properties = new TreeMap<>();
    for (URL url :
        Collections.list(
            ConfigurationReferenceTest.class.getClassLoader().getResources(METADATA))) {
      try (InputStream in = url.openStream()) {
        for (JsonNode property : JsonMapper.shared().readTree(in).path("properties")) {
          String name = property.path("name").asString();
          if (name.startsWith("spawn.") || name.startsWith("management.endpoint.actors.")) {
            properties.put(name, property);
          }
        }
      }
    }
    return properties;
  }

  /** The variables that the proxy looks at, and which properties each of them changes. */
  private static Map<String, Set<String>> variables() {
    Set<String> read = new TreeSet<>();
    SURROUNDINGS.forEach(surrounding -> made(new Recording(surrounding, read)));
    Map<String, Set<String>> variables = new TreeMap<>();
    for (String variable : read) {
      Set<String> changed = new TreeSet<>();
      for (Map<String, String> surrounding : SURROUNDINGS) {
        Map<String, String> without = new HashMap<>(surrounding);
        without.remove(variable);
        for (String value : VALUES) {
          Map<String, String> with = new HashMap<>(without);
          with.put(variable, value);
          changed.addAll(difference(without, with));
        }
      }
      assertThat(changed).as("what %s changes", variable).isNotEmpty();
      variables.put(variable, changed);
    }
    return variables;
  }

  private static Set<String> difference(Map<String, String> without, Map<String, String> with) {
    Map<String, Object> before = made(without);
    Map<String, Object> after;
    try {
      after = made(with);
    } catch (InvalidVariableException e) {
      return Set.of();
    }
    Set<String> changed = new TreeSet<>(before.keySet());
    changed.addAll(after.keySet());
    changed.removeIf(name -> Objects.equals(before.get(name), after.get(name)));
    return changed;
  }

  /** The properties that the proxy makes of an environment. */
  private static Map<String, Object> made(Map<String, ?> variables) {
    MockEnvironment environment =
        new MockEnvironment() {
          @Override
          @SuppressWarnings("unchecked")
          public Map<String, Object> getSystemEnvironment() {
            return (Map<String, Object>) variables;
          }
        };
    new ProxyEnvironment().postProcessEnvironment(environment, new SpringApplication());
    MapPropertySource made =
        (MapPropertySource) environment.getPropertySources().get("spawnProxyVariables");
    return Objects.requireNonNull(made).getSource();
  }

  /** Notes what it is asked for. */
  private static final class Recording extends HashMap<String, String> {

    private static final long serialVersionUID = 1L;

    private final transient Set<String> asked;

    Recording(Map<String, String> values, Set<String> asked) {
      super(values);
      this.asked = asked;
    }

    @Override
    public String get(Object variable) {
      asked.add((String) variable);
      return super.get(variable);
    }
  }
}
