package org.spawnmesh.benchmarks.sidecar;

import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.server.HttpServer;
import reactor.netty.resources.ConnectionProvider;

/**
 * The plainest server there is: answers what it gets. With a second argument it asks the server on
 * that port for the answer, so that a request goes over two hops.
 */
public final class Echo {

  private Echo() {}

  /** Listens on the port that is the first argument. */
  public static void main(String[] args) {
    HttpServer server = HttpServer.create().host("127.0.0.1").port(Integer.parseInt(args[0]));
    if (args.length == 1) {
      server =
          server.handle(
              (request, response) -> response.send(request.receive().aggregate().retain()));
    } else {
      HttpClient next =
          HttpClient.create(
                  ConnectionProvider.builder("next")
                      .maxConnections(128)
                      .pendingAcquireMaxCount(-1)
                      .build())
              .host("127.0.0.1")
              .port(Integer.parseInt(args[1]));
      server =
          server.handle(
              (request, response) ->
                  request
                      .receive()
                      .aggregate()
                      .retain()
                      .flatMap(
                          body ->
                              next.post()
                                  .uri("/")
                                  .send(Mono.just(body))
                                  .responseSingle((status, content) -> content.retain()))
                      .flatMap(answer -> response.send(Mono.just(answer)).then()));
    }
    server.bindNow().onDispose().block();
  }
}
