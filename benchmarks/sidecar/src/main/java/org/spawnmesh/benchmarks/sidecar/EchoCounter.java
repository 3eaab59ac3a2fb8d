package org.spawnmesh.benchmarks.sidecar;

import java.util.concurrent.CompletionStage;
import org.spawnmesh.benchmarks.harness.Counter;

/** As many bytes there and back as a call through the proxy has; they mean nothing. */
record EchoCounter(Http http) implements Counter {

  private static final byte[] BODY = new byte[120];

  @Override
  public CompletionStage<Long> add(int actor, long n) {
    return get(actor);
  }

  @Override
  public CompletionStage<Long> get(int actor) {
    return http.post("/", BODY).thenApply(bytes -> (long) bytes.length);
  }
}
