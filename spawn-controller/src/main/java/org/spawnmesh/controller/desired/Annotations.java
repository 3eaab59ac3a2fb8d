package org.spawnmesh.controller.desired;

import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The annotations of an actor host that Spawn knows, read. Immutable.
 *
 * @param system the actor system
 * @param appHost where the application listens, as the proxy reaches it
 * @param appPort on which port; null if no annotation says so
 * @param mode sidecar or daemon
 * @param httpPort port of the proxy, or of the management of an embedded node
 * @param loggerLevel null for the default
 * @param image of the proxy; null for the default
 * @param socket file of the Unix socket that replaces the proxy's port; null for none
 * @param metrics whether Prometheus is told to come
 * @param idleTimeout milliseconds after which an idle connection to the application is not used
 *     again; null for the default
 * @param ignored what has no effect here, each with its reason
 * @param wrong what cannot be used, each with what would do
 */
public record Annotations(
    String system,
    String appHost,
    @Nullable Integer appPort,
    String mode,
    int httpPort,
    @Nullable String loggerLevel,
    @Nullable String image,
    @Nullable String socket,
    boolean metrics,
    @Nullable Integer idleTimeout,
    List<String> ignored,
    List<String> wrong) {

  /** What all of them begin with. */
  public static final String PREFIX = "spawn-eigr.io/";

  /** Names the actor system. */
  public static final String SYSTEM = PREFIX + "actor-system";

  private static final String DEFAULT_SYSTEM = "spawn-system";
  private static final int DEFAULT_HTTP_PORT = 9001;
  private static final String DEFAULT_SOCKET = "/var/run/spawn/spawn.sock";

  private static final String NO_NATS = "channels are served by the nodes themselves, without NATS";
  private static final String NO_CRDT =
      "the database decides who owns an actor, and its state is handed over as it moves";
  private static final String BOUNDS =
      "bounds are SPAWN_LIMITS_MAILBOX and SPAWN_PROXY_HOST_CALLS, see spec.sidecar.env";
  private static final String ONE_POOL =
      "there is one pool of connections to the application, SPAWN_PROXY_HOST_CONNECTIONS, see"
          + " spec.sidecar.env";

  /** Known, and without meaning. */
  private static final Map<String, String> MEANINGLESS =
      Map.ofEntries(
          Map.entry("cluster-poling-interval", "nodes are told of each other, they do not poll"),
          Map.entry("sidecar-http-pool-count", ONE_POOL),
          Map.entry("sidecar-http-pool-size", ONE_POOL),
          Map.entry("sidecar-address", "the proxy listens on all addresses of its pod"),
          Map.entry(
              "sidecar-init-container-image-tag",
              "certificates come from cert-manager, see spec.cluster.tls of the ActorSystem"),
          Map.entry("sidecar-metrics-port", "metrics are served on the proxy's own port"),
          Map.entry("sidecar-metrics-log-console", "metrics are not logged"),
          Map.entry("sidecar-pubsub-adapter", NO_NATS),
          Map.entry("sidecar-pubsub-nats-hosts", NO_NATS),
          Map.entry("sidecar-pubsub-nats-tls", NO_NATS),
          Map.entry("sidecar-pubsub-nats-auth", NO_NATS),
          Map.entry("sidecar-pubsub-nats-auth-type", NO_NATS),
          Map.entry("sidecar-pubsub-nats-auth-user", NO_NATS),
          Map.entry("sidecar-pubsub-nats-auth-pass", NO_NATS),
          Map.entry("sidecar-pubsub-nats-auth-jwt", NO_NATS),
          Map.entry("sidecar-delayed-invokes", "timers and scheduled calls are always on"),
          Map.entry("sidecar-crdt-sync-interval", NO_CRDT),
          Map.entry("sidecar-crdt-ship-interval", NO_CRDT),
          Map.entry("sidecar-crdt-ship-debounce", NO_CRDT),
          Map.entry("sidecar-state-handoff-sync-interval", NO_CRDT),
          Map.entry("supervisors-state-handoff-controller", NO_CRDT),
          Map.entry("actors-global-backpressure-enabled", BOUNDS),
          Map.entry("actors-global-backpressure-max-demand", BOUNDS),
          Map.entry("actors-global-backpressure-min-demand", BOUNDS),
          Map.entry("grpc-include-protos-path", "there is no gRPC server for actors yet"));

  /** Known, and without meaning for a node inside the application. */
  private static final Set<String> SIDECAR_ONLY =
      Set.of(
          "app-host",
          "app-port",
          "sidecar-mode",
          "sidecar-image-tag",
          "sidecar-uds-enabled",
          "sidecar-uds-socket-path",
          "sidecar-http-pool-max-idle-timeout");

  public Annotations {
    ignored = List.copyOf(ignored);
    wrong = List.copyOf(wrong);
  }

  /** The actor system a host names, or the one that Spawn takes when it names none. */
  public static String systemOf(HasMetadata host) {
    Map<String, String> annotations = host.getMetadata().getAnnotations();
    String named = annotations == null ? null : annotations.get(SYSTEM);
    return named == null || named.isBlank() ? DEFAULT_SYSTEM : named.strip();
  }

  static Annotations of(HasMetadata host, boolean embedded) {
    return new Reader(host, embedded).read();
  }

  /** Takes one annotation after the other; what is left at the end is unknown. Confined. */
  private static final class Reader {

    private final Map<String, String> left = new TreeMap<>();
    private final List<String> ignored = new ArrayList<>();
    private final List<String> wrong = new ArrayList<>();
    private final String system;
    private final boolean embedded;

    Reader(HasMetadata host, boolean embedded) {
      this.system = systemOf(host);
      this.embedded = embedded;
      Map<String, String> all = host.getMetadata().getAnnotations();
      if (all != null) {
        all.forEach(
            (name, value) -> {
              if (name.startsWith(PREFIX) && !value.isBlank()) {
                left.put(name.substring(PREFIX.length()), value.strip());
              }
            });
      }
      left.remove("actor-system");
    }

    Annotations read() {
      if (embedded) {
        for (String name : SIDECAR_ONLY) {
          ignore(name, "the engine runs inside the application, there is no proxy");
        }
      }
      String appHost = take("app-host");
      Integer appPort = number("app-port", 1, 65_535);
      String mode = mode();
      Integer httpPort = number("sidecar-http-port", 1, 65_535);
      String level = level();
      String image = image();
      String socket = socket();
      boolean metrics = !truth("sidecar-metrics-disabled");
      Integer idle = number("sidecar-http-pool-max-idle-timeout", 1, Integer.MAX_VALUE);
      for (String name : List.copyOf(left.keySet())) {
        ignore(name, MEANINGLESS.getOrDefault(name, "no such annotation is known"));
      }
      return new Annotations(
          system,
          // Spawn's default, and an address to listen on: the application is in the same pod.
          appHost == null || appHost.equals("0.0.0.0") ? "127.0.0.1" : appHost,
          appPort,
          mode,
          httpPort == null ? DEFAULT_HTTP_PORT : httpPort,
          level,
          image,
          socket,
          metrics,
          idle,
          ignored,
          wrong);
    }

    private String mode() {
      String mode = take("sidecar-mode");
      if (mode == null || mode.equalsIgnoreCase("sidecar")) {
        return "sidecar";
      }
      if (!mode.equalsIgnoreCase("daemon")) {
        refuse("sidecar-mode", mode, "sidecar or daemon");
      }
      return mode.toLowerCase(Locale.ROOT);
    }

    private @Nullable String level() {
      String level = take("sidecar-logger-level");
      if (level == null) {
        return null;
      }
      String known = level.toLowerCase(Locale.ROOT);
      if (!Set.of("debug", "info", "warn", "warning", "error").contains(known)) {
        refuse("sidecar-logger-level", level, "debug, info, warn or error");
      }
      return known.equals("warning") ? "warn" : known;
    }

    private @Nullable String image() {
      String image = left.get("sidecar-image-tag");
      if (image != null && image.contains("eigr/spawn-proxy")) {
        ignore("sidecar-image-tag", "it names the proxy of Spawn for Erlang, which cannot join");
        return null;
      }
      return take("sidecar-image-tag");
    }

    private @Nullable String socket() {
      String path = take("sidecar-uds-socket-path");
      if (!truth("sidecar-uds-enabled")) {
        return null;
      }
      String socket = path == null ? DEFAULT_SOCKET : path;
      if (!socket.matches("/.+/[^/]+")) {
        refuse("sidecar-uds-socket-path", socket, "a file in a folder of its own");
      }
      return socket;
    }

    private boolean truth(String name) {
      String value = take(name);
      if (value != null && !value.equalsIgnoreCase("true") && !value.equalsIgnoreCase("false")) {
        refuse(name, value, "true or false");
      }
      return "true".equalsIgnoreCase(value);
    }

    private @Nullable Integer number(String name, int least, int most) {
      String value = take(name);
      if (value == null) {
        return null;
      }
      try {
        int number = Integer.parseInt(value);
        if (number >= least && number <= most) {
          return number;
        }
      } catch (NumberFormatException e) {
        // told below
      }
      refuse(name, value, "a number from %d to %d".formatted(least, most));
      return null;
    }

    private @Nullable String take(String name) {
      return left.remove(name);
    }

    private void ignore(String name, String reason) {
      if (left.remove(name) != null) {
        ignored.add("annotation %s%s: %s".formatted(PREFIX, name, reason));
      }
    }

    private void refuse(String name, String value, String wanted) {
      wrong.add("annotation %s%s is '%s'; set it to %s".formatted(PREFIX, name, value, wanted));
    }
  }
}
