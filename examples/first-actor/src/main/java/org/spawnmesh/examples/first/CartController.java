package org.spawnmesh.examples.first;

import org.spawnmesh.spring.Actors;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

// tag::controller[]
@RestController
class CartController {

  private final Actors actors;

  CartController(Actors actors) {
    this.actors = actors;
  }

  @PostMapping("/carts/{name}/items")
  Mono<Cart.Items> add(@PathVariable String name, @RequestBody Cart.AddItem item) {
    return actors.client(Carts.class, "Cart", name).add(item);
  }
}
// end::controller[]
