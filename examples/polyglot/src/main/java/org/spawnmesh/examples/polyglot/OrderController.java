package org.spawnmesh.examples.polyglot;

import org.spawnmesh.spring.Actors;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** Orders over HTTP. */
@RestController
@RequestMapping("/orders/{name}")
class OrderController {

  private final Actors actors;

  OrderController(Actors actors) {
    this.actors = actors;
  }

  @PostMapping("/lines")
  Mono<Order.Content> add(@PathVariable String name, @RequestBody Order.Line line) {
    return order(name).add(line);
  }

  @GetMapping
  Mono<Order.Content> content(@PathVariable String name) {
    return order(name).content();
  }

  private OrderClient order(String name) {
    return actors.client(OrderClient.class, "Order", name);
  }

  interface OrderClient {

    Mono<Order.Content> add(Order.Line line);

    Mono<Order.Content> content();
  }
}
