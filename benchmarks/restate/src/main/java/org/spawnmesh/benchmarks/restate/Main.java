package org.spawnmesh.benchmarks.restate;

import dev.restate.sdk.endpoint.Endpoint;
import dev.restate.sdk.http.vertx.RestateHttpServer;

/** Serves the counter to a Restate server. */
public final class Main {

  private Main() {}

  /** Listens on the port that is the first argument. */
  public static void main(String[] args) {
    RestateHttpServer.listen(Endpoint.bind(new Counter()).build(), Integer.parseInt(args[0]));
  }
}
