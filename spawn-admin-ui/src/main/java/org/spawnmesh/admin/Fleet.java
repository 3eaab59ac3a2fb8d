package org.spawnmesh.admin;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The nodes that the console shows. They are asked when somebody wants to see them, and not more
 * often than each second; one that is silent is waited for once, and then shown as it was while it
 * is tried again aside. Thread-safe.
 */
final class Fleet {

  private static final long FRESH_NANOS = 1_000_000_000L;

  private final Supplier<List<NodeClient>> nodes;
  private final LongSupplier nanoTime;
  private final Map<NodeClient, Seen> seen = new ConcurrentHashMap<>();
  private final Map<NodeClient, AtomicBoolean> probing = new ConcurrentHashMap<>();

  private record Seen(Sighting sighting, long at) {}

  Fleet(Supplier<List<NodeClient>> nodes, LongSupplier nanoTime) {
    this.nodes = nodes;
    this.nanoTime = nanoTime;
  }

  List<NodeClient> clients() {
    return nodes.get();
  }

  /** All nodes, by name. */
  Mono<List<Sighting>> look() {
    List<NodeClient> now = nodes.get();
    seen.keySet().retainAll(now);
    probing.keySet().retainAll(now);
    return Flux.fromIterable(now)
        .flatMap(this::look, 64)
        .collectSortedList(
            Comparator.comparing(Sighting::system)
                .thenComparing(Sighting::name)
                .thenComparing(sighting -> sighting.node().address()));
  }

  private Mono<Sighting> look(NodeClient node) {
    Seen last = seen.get(node);
    if (last != null && nanoTime.getAsLong() - last.at < FRESH_NANOS) {
      return Mono.just(last.sighting);
    }
    if (last != null && !last.sighting.isAlive()) {
      AtomicBoolean busy = probing.computeIfAbsent(node, n -> new AtomicBoolean());
      if (busy.compareAndSet(false, true)) {
        probe(node).doFinally(end -> busy.set(false)).subscribe();
      }
      return Mono.just(last.sighting);
    }
    return probe(node);
  }

  private Mono<Sighting> probe(NodeClient node) {
    return node.get("node", Map.of())
        .map(info -> new Sighting(node, info, null))
        .onErrorResume(
            NodeException.class,
            e -> {
              Seen last = seen.get(node);
              return Mono.just(
                  new Sighting(
                      node,
                      last == null ? null : last.sighting.info(),
                      String.valueOf(e.getMessage())));
            })
        .doOnNext(sighting -> seen.put(node, new Seen(sighting, nanoTime.getAsLong())));
  }

  /** Something was changed: whoever looks next sees it. */
  void forget() {
    seen.replaceAll((node, last) -> new Seen(last.sighting, nanoTime.getAsLong() - FRESH_NANOS));
  }

  /** Nodes of a system that answer, those that take calls first. */
  Mono<List<Sighting>> of(String system) {
    return look()
        .map(
            all -> {
              List<Sighting> those = new ArrayList<>();
              for (Sighting sighting : all) {
                if (sighting.isAlive() && sighting.system().equals(system)) {
                  those.add(sighting);
                }
              }
              those.sort(Comparator.comparing((Sighting s) -> !s.status().equals("ACCEPTING")));
              return those;
            });
  }

  /** Asks one node of the system after the other until one is not silent. */
  <T> Mono<T> any(String system, String type, Function<NodeClient, Mono<T>> question) {
    return of(system)
        .flatMap(
            those -> {
              Mono<T> answer =
                  Mono.error(
                      new NodeException(
                          0, "No node of '%s' that hosts %s answers".formatted(system, type)));
              for (Sighting sighting : those.reversed()) {
                if (sighting.hosts(type)) {
                  Mono<T> next = answer;
                  answer =
                      question
                          .apply(sighting.node())
                          .onErrorResume(
                              e -> e instanceof NodeException silent && silent.isSilence(),
                              e -> next);
                }
              }
              return answer;
            });
  }
}
