package org.spawnmesh.admin;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.web.reactive.function.client.WebClient;

/**
 * Where nodes are: told by the configuration, found, or, in an application with actors, the
 * application itself, once it listens. Thread-safe.
 */
final class Nodes implements Supplier<List<NodeClient>> {

  private final Supplier<List<URI>> addresses;
  private final Supplier<@Nullable String> token;
  private final Duration patience;
  private final WebClient.Builder web;
  private final Map<URI, NodeClient> known = new ConcurrentHashMap<>();

  /**
   * @param web how nodes are connected to
   */
  Nodes(
      Supplier<List<URI>> addresses,
      Supplier<@Nullable String> token,
      Duration patience,
      WebClient.Builder web) {
    this.addresses = addresses;
    this.token = token;
    this.patience = patience;
    this.web = web;
  }

  @Override
  public List<NodeClient> get() {
    List<URI> now = addresses.get();
    known.keySet().retainAll(now); // nodes come and go for as long as the console runs
    return now.stream()
        .map(
            uri ->
                known.computeIfAbsent(
                    uri, fresh -> new NodeClient(fresh, token.get(), patience, web)))
        .toList();
  }
}
