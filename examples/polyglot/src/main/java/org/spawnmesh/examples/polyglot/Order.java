package org.spawnmesh.examples.polyglot;

import java.util.ArrayList;
import java.util.List;
import org.spawnmesh.spring.Action;
import org.spawnmesh.spring.Actor;
import org.spawnmesh.spring.ActorContext;
import org.spawnmesh.spring.Actors;
import org.spawnmesh.spring.Reply;

// tag::actor[]
/** An order: asks an actor in JavaScript for prices, and is called by others. */
@Actor
class Order {

  record Line(String product, int quantity) {}

  record Content(List<Line> lines, int cents) {

    static final Content NONE = new Content(List.of(), 0);

    Content plus(Line line, int price) {
      List<Line> next = new ArrayList<>(lines);
      next.add(line);
      return new Content(List.copyOf(next), cents + price);
    }
  }

  private final Prices prices;

  Order(Actors actors) {
    this.prices = actors.client(Prices.class, "prices");
  }

  @Action
  Reply<Content> add(Line line, ActorContext<Content> order) {
    int price = prices.quote(line).cents();
    Content next = order.state().orElse(Content.NONE).plus(line, price);
    return Reply.of(next).state(next);
  }

  @Action
  Content content(ActorContext<Content> order) {
    return order.state().orElse(Content.NONE);
  }
}
// end::actor[]
