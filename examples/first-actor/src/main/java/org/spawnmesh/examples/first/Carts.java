package org.spawnmesh.examples.first;

import reactor.core.publisher.Mono;

// tag::client[]
interface Carts {

  Mono<Cart.Items> add(Cart.AddItem item);
}
// end::client[]
