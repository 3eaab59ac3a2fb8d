package org.spawnmesh.admin;

import java.net.URI;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import reactor.core.publisher.Mono;

/**
 * Puts the console beside an application: what is below its path is the console's, with filters and
 * sessions of its own; everything else is the application's, as if there were no console.
 *
 * @param path without a slash at the end; empty if all is the console's
 */
record Mount(String path, HttpHandler console, HttpHandler application) implements HttpHandler {

  @Override
  public Mono<Void> handle(ServerHttpRequest request, ServerHttpResponse response) {
    String asked = request.getPath().pathWithinApplication().value();
    String context = request.getPath().contextPath().value();
    if (asked.equals(path)) {
      response.setStatusCode(HttpStatus.FOUND);
      response.getHeaders().setLocation(URI.create(context + path + "/"));
      return response.setComplete();
    }
    if (asked.startsWith(path + "/")) {
      return console.handle(request.mutate().contextPath(context + path).build(), response);
    }
    return application.handle(request, response);
  }
}
