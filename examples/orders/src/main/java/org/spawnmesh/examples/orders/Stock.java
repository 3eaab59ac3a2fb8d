package org.spawnmesh.examples.orders;

import org.spawnmesh.spring.Action;
import org.spawnmesh.spring.Actor;
import org.spawnmesh.spring.ActorContext;
import org.spawnmesh.spring.Reply;

/** How many of one article are reserved. */
@Actor
class Stock {

  record Reserved(int pieces) {}

  @Action
  Reply<Void> reserve(Integer pieces, ActorContext<Reserved> stock) {
    return Reply.<Void>empty().state(new Reserved(now(stock) + pieces));
  }

  @Action
  Reply<Void> release(Integer pieces, ActorContext<Reserved> stock) {
    return Reply.<Void>empty().state(new Reserved(now(stock) - pieces));
  }

  @Action
  Integer reserved(ActorContext<Reserved> stock) {
    return now(stock);
  }

  private static int now(ActorContext<Reserved> stock) {
    return stock.state().map(Reserved::pieces).orElse(0);
  }
}
