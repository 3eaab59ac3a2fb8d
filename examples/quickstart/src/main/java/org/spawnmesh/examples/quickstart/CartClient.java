package org.spawnmesh.examples.quickstart;

import reactor.core.publisher.Mono;

// tag::client[]
/** A cart, as the rest of the application sees it. */
interface CartClient {

  Mono<Cart.Total> add(Cart.AddItem item);

  Mono<Cart.Total> total();

  Mono<Cart.Items> items();

  Mono<Void> clear();
}
// end::client[]
