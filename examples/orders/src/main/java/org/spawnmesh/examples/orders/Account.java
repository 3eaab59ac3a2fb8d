package org.spawnmesh.examples.orders;

import org.spawnmesh.spring.Action;
import org.spawnmesh.spring.Actor;
import org.spawnmesh.spring.ActorContext;
import org.spawnmesh.spring.Reply;

/** A customer's money. */
@Actor
class Account {

  record Balance(int cents) {}

  @Action
  Reply<Balance> pay(Integer cents, ActorContext<Balance> account) {
    int left = account.state().map(Balance::cents).orElse(1_000) - cents;
    if (left < 0) {
      throw new IllegalArgumentException("There is not enough money in the account");
    }
    return Reply.of(new Balance(left)).state(new Balance(left));
  }
}
