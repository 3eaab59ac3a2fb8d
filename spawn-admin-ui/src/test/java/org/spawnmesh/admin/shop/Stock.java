package org.spawnmesh.admin.shop;

import org.spawnmesh.spring.Action;
import org.spawnmesh.spring.Actor;
import org.spawnmesh.spring.ActorContext;
import org.spawnmesh.spring.Reply;

/** What is left of one product. */
@Actor
class Stock {

  record Reserve(int quantity) {}

  record Left(int pieces) {}

  /** Of what was never reserved there is nothing to send. */
  @Action
  Reply<Left> send(Reserve sent, ActorContext<Left> stock) {
    if (stock.state().isEmpty()) {
      throw new IllegalStateException("there never was any");
    }
    return reserve(sent, stock);
  }

  @Action
  Reply<Left> reserve(Reserve reserve, ActorContext<Left> stock) {
    Left next = new Left(stock.state().map(Left::pieces).orElse(1_000_000) - reserve.quantity());
    return Reply.of(next).state(next);
  }
}
