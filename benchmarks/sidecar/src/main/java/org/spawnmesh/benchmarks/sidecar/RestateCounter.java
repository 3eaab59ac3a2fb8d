package org.spawnmesh.benchmarks.sidecar;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletionStage;
import org.spawnmesh.benchmarks.harness.Counter;

/** Calls through the ingress of a Restate server. */
record RestateCounter(Http http) implements Counter {

  @Override
  public CompletionStage<Long> add(int actor, long n) {
    return call(actor, "add", Long.toString(n));
  }

  @Override
  public CompletionStage<Long> get(int actor) {
    return call(actor, "get", "");
  }

  private CompletionStage<Long> call(int actor, String handler, String body) {
    return http.post("/Counter/c" + actor + "/" + handler, body.getBytes(StandardCharsets.UTF_8))
        .thenApply(answer -> Long.valueOf(new String(answer, StandardCharsets.UTF_8).strip()));
  }
}
