package org.spawnmesh.admin.shop;

import java.util.Map;
import java.util.TreeMap;
import org.spawnmesh.spring.Action;
import org.spawnmesh.spring.Actor;
import org.spawnmesh.spring.ActorContext;
import org.spawnmesh.spring.ActorRef;
import org.spawnmesh.spring.Reply;
import org.spawnmesh.spring.Sensitive;

/** Asks the stock before it takes an item. */
@Actor(history = 20)
class Cart {

  record AddItem(String product, int quantity, boolean gift) {}

  record Items(Map<String, Integer> quantities, int gifts, @Sensitive String coupon) {

    static final Items NONE = new Items(Map.of(), 0, "NOBODY-MAY-SEE-THIS");
  }

  @Action
  Reply<Items> add(AddItem item, ActorContext<Items> cart) {
    if (item.quantity() < 1) {
      throw new IllegalArgumentException("a quantity of " + item.quantity());
    }
    ActorRef stock = cart.ref("Stock", item.product());
    stock.ask("reserve", new Stock.Reserve(item.quantity()), Stock.Left.class);
    Items before = cart.state().orElse(Items.NONE);
    Map<String, Integer> quantities = new TreeMap<>(before.quantities());
    quantities.merge(item.product(), item.quantity(), Integer::sum);
    Items next = new Items(quantities, before.gifts() + (item.gift() ? 1 : 0), before.coupon());
    return Reply.of(next).state(next);
  }

  @Action
  int size(ActorContext<Items> cart) {
    return cart.state().orElse(Items.NONE).quantities().values().stream()
        .mapToInt(Integer::intValue)
        .sum();
  }
}
