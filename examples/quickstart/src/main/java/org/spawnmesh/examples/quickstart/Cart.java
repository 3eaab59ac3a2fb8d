package org.spawnmesh.examples.quickstart;

import java.math.BigDecimal;
import java.util.Map;
import java.util.TreeMap;
import org.spawnmesh.spring.Action;
import org.spawnmesh.spring.Actor;
import org.spawnmesh.spring.ActorContext;
import org.spawnmesh.spring.Reply;

// tag::actor[]
/** A shopping cart: one actor for each customer who uses one. */
@Actor
class Cart {

  record AddItem(String product, int quantity) {}

  record Total(BigDecimal amount) {}

  private final Prices prices;

  Cart(Prices prices) {
    this.prices = prices;
  }

  @Action
  Reply<Total> add(AddItem item, ActorContext<Items> cart) {
    Items next = cart.state().orElse(Items.NONE).plus(item);
    return Reply.of(prices.total(next)).state(next);
  }

  @Action
  Total total(ActorContext<Items> cart) {
    return prices.total(cart.state().orElse(Items.NONE));
  }

  // end::actor[]

  @Action
  Items items(ActorContext<Items> cart) {
    return cart.state().orElse(Items.NONE);
  }

  @Action
  Reply<Void> clear() {
    return Reply.<Void>empty().erase();
  }

  // tag::state[]
  /** What is in the cart: the actor's state. */
  record Items(Map<String, Integer> quantities) {

    static final Items NONE = new Items(Map.of());

    Items plus(AddItem item) {
      Map<String, Integer> next = new TreeMap<>(quantities);
      next.merge(item.product(), item.quantity(), Integer::sum);
      return new Items(next);
    }
  }
  // end::state[]
}
