package org.spawnmesh.admin.shop;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.spawnmesh.actor.Timing;
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
    return Reply.of(next).state(next).tags(Map.of("wants", item.product()));
  }

  /** Asks for an item to be sent when the stock can, and looks at the cart a week later. */
  @Action
  Reply<Void> order(String product) {
    return Reply.<Void>empty()
        .effect("Stock", product, "send", new Stock.Reserve(1))
        .remind("look again", Timing.after(Duration.ofDays(7)), "size");
  }

  /** Makes the customer an offer each second, from now on. */
  @Action
  Reply<Void> subscribe() {
    return Reply.<Void>empty().remind("offer", Timing.every(Duration.ofSeconds(1)), "offer");
  }

  /** A gift to what is in the cart. */
  @Action
  Reply<Void> offer(ActorContext<Items> cart) {
    Items before =
        cart.state()
            .orElseThrow(() -> new IllegalStateException("there is nothing to make an offer for"));
    return Reply.<Void>empty()
        .state(new Items(before.quantities(), before.gifts() + 1, before.coupon()));
  }

  @Action
  int size(ActorContext<Items> cart) {
    return cart.state().orElse(Items.NONE).quantities().values().stream()
        .mapToInt(Integer::intValue)
        .sum();
  }
}
