package org.spawnmesh.examples.quickstart;

import org.spawnmesh.spring.Actors;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

// tag::controller[]
/** Carts over HTTP. */
@RestController
@RequestMapping("/carts/{name}")
class CartController {

  private final Actors actors;

  CartController(Actors actors) {
    this.actors = actors;
  }

  @PostMapping("/items")
  Mono<Cart.Total> add(@PathVariable String name, @RequestBody Cart.AddItem item) {
    return cart(name).add(item);
  }

  @GetMapping
  Mono<View> view(@PathVariable String name) {
    CartClient cart = cart(name);
    return Mono.zip(cart.items(), cart.total(), View::new);
  }

  // end::controller[]

  @DeleteMapping
  @ResponseStatus(HttpStatus.NO_CONTENT)
  Mono<Void> clear(@PathVariable String name) {
    return cart(name).clear();
  }

  // tag::controller[]
  record View(Cart.Items items, Cart.Total total) {}

  private CartClient cart(String name) {
    return actors.client(CartClient.class, "Cart", name);
  }
}
// end::controller[]
