package org.spawnmesh.examples.mesh;

import org.spawnmesh.spring.Action;
import org.spawnmesh.spring.Actor;
import org.spawnmesh.spring.ActorContext;
import org.spawnmesh.spring.Reply;

/** An account: wherever it is called, one node of the mesh owns it. */
@Actor
class Account {

  record Deposit(long amount) {}

  record Balance(long amount) {

    static final Balance ZERO = new Balance(0);

    Balance plus(Deposit deposit) {
      return new Balance(amount + deposit.amount);
    }
  }

  @Action
  Reply<Balance> deposit(Deposit deposit, ActorContext<Balance> account) {
    Balance next = account.state().orElse(Balance.ZERO).plus(deposit);
    return Reply.of(next).state(next);
  }

  @Action
  Balance balance(ActorContext<Balance> account) {
    return account.state().orElse(Balance.ZERO);
  }
}
