package org.spawnmesh.spring.management;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.CallChain;
import org.spawnmesh.actor.Failure;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.actor.TraceParent;

/**
 * The calls that were looked at, by edge, action and actor, and the slowest of them. Each stands
 * for as many as its weight says, so the counts are estimates of all. Actors that are not called
 * any more make place for others. Thread-safe.
 */
final class SampledCalls {

  /** Keys of each kind; what comes when all are taken is counted in none. */
  private static final int MOST_KEYS = 500;

  private static final int SLOWEST = 20;

  private record Edge(String from, String type, String action) {}

  private static final class Count {
    long calls;
    long failures;
    long nanos;
    long most;
  }

  private record Slow(
      String call,
      @Nullable String chain,
      @Nullable String traceId,
      long micros,
      @Nullable String code) {}

  private final Map<Edge, Count> edges = new HashMap<>();
  private final Map<String, long[]> actors = new HashMap<>();
  private final List<Slow> slowest = new ArrayList<>();

  /**
   * @param nanos how long it took; 0 if nobody waited
   * @param failure why it failed; null if it did not
   */
  synchronized void add(Invocation invocation, int weight, long nanos, @Nullable Failure failure) {
    CallChain chain = invocation.chain();
    ActorId caller =
        invocation.caller() != null || chain == null ? invocation.caller() : chain.actor();
    Edge edge =
        new Edge(
            caller == null ? "" : caller.type().name(),
            invocation.actor().type().name(),
            invocation.action());
    Count count = edges.get(edge);
    if (count == null && edges.size() < MOST_KEYS) {
      count = new Count();
      edges.put(edge, count);
    }
    if (count != null) {
      count.calls += weight;
      count.failures += failure == null ? 0 : weight;
      count.nanos += nanos * weight;
      count.most = Math.max(count.most, nanos);
    }
    String actor = invocation.actor().shortName();
    long[] hot = actors.get(actor);
    if (hot != null) {
      hot[0] += weight;
    } else {
      if (actors.size() >= MOST_KEYS) {
        actors.values().removeIf(seen -> (seen[0] >>= 1) < weight);
      }
      if (actors.size() < MOST_KEYS) {
        actors.put(actor, new long[] {weight});
      }
    }
    if (slowest.size() < SLOWEST || slowest.getLast().micros < nanos / 1_000) {
      TraceParent trace = TraceParent.of(invocation.metadata());
      slowest.add(
          new Slow(
              invocation.toString(),
              chain == null ? null : chain.toString(),
              trace == null ? null : trace.traceId(),
              nanos / 1_000,
              failure == null ? null : failure.code().id()));
      slowest.sort(Comparator.comparingLong(Slow::micros).reversed());
      if (slowest.size() > SLOWEST) {
        slowest.removeLast();
      }
    }
  }

  synchronized Map<String, Object> report() {
    List<Map<String, Object>> calls = new ArrayList<>();
    edges.forEach(
        (edge, count) -> {
          Map<String, Object> call = new LinkedHashMap<>();
          call.put("from", edge.from);
          call.put("type", edge.type);
          call.put("action", edge.action);
          call.put("calls", count.calls);
          call.put("failures", count.failures);
          call.put("meanMicros", count.calls == 0 ? 0 : count.nanos / count.calls / 1_000);
          call.put("mostMicros", count.most / 1_000);
          calls.add(call);
        });
    List<Map<String, Object>> hottest =
        actors.entrySet().stream()
            .sorted(
                Comparator.comparingLong((Map.Entry<String, long[]> e) -> e.getValue()[0])
                    .reversed())
            .limit(SLOWEST)
            .map(e -> Map.<String, Object>of("actor", e.getKey(), "calls", e.getValue()[0]))
            .toList();
    Map<String, Object> report = new LinkedHashMap<>();
    report.put("calls", calls);
    report.put("hottest", hottest);
    report.put("slowest", List.copyOf(slowest));
    return report;
  }
}
