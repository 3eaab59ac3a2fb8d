package org.spawnmesh.admin;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import org.springframework.http.codec.ServerSentEvent;
import reactor.core.publisher.Flux;
import reactor.util.retry.Retry;
import tools.jackson.databind.JsonNode;

/**
 * What all nodes do, added up each second. The nodes are listened to only while somebody looks, and
 * once for all who do. Keeps the last hour of what it saw. Thread-safe.
 */
final class LiveFeed {

  private static final int HOUR = 3600;
  private static final int MOST_NODES = 256;

  private final Fleet fleet;
  private final InstantSource clock;
  private final int most;
  private final Semaphore places;
  private final Map<NodeClient, JsonNode> figures = new ConcurrentHashMap<>();
  private final Map<NodeClient, JsonNode> calls = new ConcurrentHashMap<>();
  private final Deque<Map<String, Object>> hour = new ArrayDeque<>();
  private final Flux<ServerSentEvent<Object>> shared;

  /**
   * @param most how many may watch at once
   */
  LiveFeed(Fleet fleet, InstantSource clock, int most) {
    this.fleet = fleet;
    this.clock = clock;
    this.most = most;
    places = new Semaphore(most);
    shared =
        Flux.defer(
                () ->
                    Flux.merge(
                        everybody(),
                        ticks()
                            .filter(tick -> !figures.isEmpty()) // no zeros before a node has spoken
                            .concatMap(
                                tick ->
                                    Flux.just(event("figures", frame()), event("calls", calls())))))
            .doFinally(
                end -> {
                  figures.clear();
                  calls.clear();
                })
            .publish()
            .refCount(1);
  }

  /**
   * First what was seen in the last hour, then each second what is new; fails with {@link
   * TooManyException} if there is no place.
   */
  Flux<ServerSentEvent<Object>> watch() {
    return Flux.defer(
        () -> {
          if (!places.tryAcquire()) {
            return Flux.error(
                new TooManyException(
                    "TOO_MANY_STREAMS",
                    "%d pages watch already; close one, or raise spawn.admin.live-streams"
                        .formatted(most)));
          }
          return Flux.concat(Flux.just(event("hour", past())), shared)
              .doFinally(end -> places.release());
        });
  }

  private static ServerSentEvent<Object> event(String name, Object data) {
    return ServerSentEvent.builder(data).event(name).build();
  }

  /** Each node for as long as it is there: nodes come and go while somebody looks. */
  private Flux<ServerSentEvent<Object>> everybody() {
    Set<NodeClient> heard = ConcurrentHashMap.newKeySet();
    return ticks()
        .startWith(-1L)
        .flatMapIterable(tick -> fleet.clients())
        .filter(heard::add)
        .flatMap(
            node ->
                listen(node)
                    .takeUntilOther(ticks().filter(tick -> !fleet.clients().contains(node)))
                    .doFinally(
                        end -> {
                          figures.remove(node);
                          calls.remove(node);
                          heard.remove(node);
                        }),
            MOST_NODES);
  }

  private static Flux<Long> ticks() {
    return Flux.interval(Duration.ofSeconds(1)).onBackpressureDrop();
  }

  private Flux<ServerSentEvent<Object>> listen(NodeClient node) {
    return node.live()
        .doOnNext(
            event -> {
              JsonNode data = event.data();
              if (data != null) {
                ("figures".equals(event.event()) ? figures : calls).put(node, data);
              }
            })
        .doOnError(
            e -> {
              figures.remove(node);
              calls.remove(node);
            })
        .retryWhen(
            Retry.backoff(Long.MAX_VALUE, Duration.ofMillis(500)).maxBackoff(Duration.ofSeconds(5)))
        .thenMany(Flux.empty());
  }

  private List<Map<String, Object>> past() {
    synchronized (hour) {
      return List.copyOf(hour);
    }
  }

  private Map<String, Object> frame() {
    double calls = 0;
    double commits = 0;
    double changes = 0;
    double commitMillis = 0;
    double commitCount = 0;
    long inFlight = 0;
    long activations = 0;
    long quarantined = 0;
    long view = 0;
    Map<String, Double> failures = new TreeMap<>();
    TreeMap<Double, Long> latency = new TreeMap<>();
    for (JsonNode node : figures.values()) {
      double seconds = Math.max(0.001, node.path("millis").asDouble(1000) / 1000);
      calls += node.path("calls").asDouble(0) / seconds;
      commits += node.path("commits").asDouble(0) / seconds;
      changes += node.path("changes").asDouble(0) / seconds;
      commitCount += node.path("commits").asDouble(0);
      commitMillis += node.path("commitMillis").asDouble(0);
      inFlight += node.path("inFlight").asLong(0);
      activations += node.path("activations").asLong(0);
      quarantined += node.path("quarantined").asLong(0);
      view = Math.max(view, node.path("view").asLong(0));
      for (var failure : node.path("failures").properties()) {
        failures.merge(failure.getKey(), failure.getValue().asDouble(0) / seconds, Double::sum);
      }
      for (var bucket : node.path("latencyMicros").properties()) {
        latency.merge(Double.parseDouble(bucket.getKey()), bucket.getValue().asLong(0), Long::sum);
      }
    }
    Map<String, Object> frame = new LinkedHashMap<>();
    frame.put("at", clock.millis());
    frame.put("nodes", figures.size());
    frame.put("view", view);
    frame.put("calls", calls);
    frame.put("inFlight", inFlight);
    frame.put("commits", commits);
    frame.put("batch", commits == 0 ? 0 : changes / commits);
    frame.put("commitMillis", commitCount == 0 ? 0 : commitMillis / commitCount);
    frame.put("activations", activations);
    frame.put("quarantined", quarantined);
    frame.put("failures", failures);
    frame.put("p50", percentile(latency, 0.50));
    frame.put("p95", percentile(latency, 0.95));
    frame.put("p99", percentile(latency, 0.99));
    synchronized (hour) {
      hour.addLast(frame);
      while (hour.size() > HOUR) {
        hour.removeFirst();
      }
    }
    return frame;
  }

  /** In milliseconds; 0 if nothing was measured. */
  static double percentile(TreeMap<Double, Long> latency, double share) {
    long all = latency.values().stream().mapToLong(Long::longValue).sum();
    long rank = (long) Math.ceil(all * share);
    long passed = 0;
    for (Map.Entry<Double, Long> bucket : latency.entrySet()) {
      passed += bucket.getValue();
      if (passed >= rank && passed > 0) {
        return bucket.getKey() / 1000;
      }
    }
    return 0;
  }

  private Map<String, Object> calls() {
    record Edge(String from, String type, String action) {}
    Map<Edge, double[]> edges = new LinkedHashMap<>();
    Map<String, Long> hottest = new TreeMap<>();
    List<JsonNode> chains = new ArrayList<>();
    for (JsonNode node : calls.values()) {
      for (JsonNode call : node.path("calls")) {
        double[] sum =
            edges.computeIfAbsent(
                new Edge(
                    call.path("from").asString(""),
                    call.path("type").asString(""),
                    call.path("action").asString("")),
                edge -> new double[4]);
        double count = call.path("calls").asDouble(0);
        sum[0] += count;
        sum[1] += call.path("failures").asDouble(0);
        sum[2] += call.path("meanMicros").asDouble(0) * count;
        sum[3] = Math.max(sum[3], call.path("mostMicros").asDouble(0));
      }
      for (JsonNode hot : node.path("hottest")) {
        hottest.merge(hot.path("actor").asString(""), hot.path("calls").asLong(0), Long::sum);
      }
      node.path("chains").forEach(chains::add);
    }
    List<Map<String, Object>> shown = new ArrayList<>();
    edges.forEach(
        (edge, sum) -> {
          Map<String, Object> one = new LinkedHashMap<>();
          one.put("from", edge.from);
          one.put("type", edge.type);
          one.put("action", edge.action);
          one.put("calls", sum[0]);
          one.put("failures", sum[1]);
          one.put("meanMillis", sum[0] == 0 ? 0 : sum[2] / sum[0] / 1000);
          one.put("mostMillis", sum[3] / 1000);
          shown.add(one);
        });
    chains.sort((a, b) -> Long.compare(b.path("micros").asLong(0), a.path("micros").asLong(0)));
    Map<String, Object> report = new LinkedHashMap<>();
    report.put("calls", shown);
    report.put(
        "hottest",
        hottest.entrySet().stream()
            .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
            .limit(12)
            .map(e -> Map.of("actor", e.getKey(), "calls", e.getValue()))
            .toList());
    report.put("chains", chains.subList(0, Math.min(12, chains.size())));
    return report;
  }
}
