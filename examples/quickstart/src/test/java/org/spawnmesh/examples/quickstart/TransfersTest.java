package org.spawnmesh.examples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.Test;
import org.spawnmesh.spring.Action;
import org.spawnmesh.spring.Actor;
import org.spawnmesh.spring.ActorContext;
import org.spawnmesh.spring.ActorRef;
import org.spawnmesh.spring.Actors;
import org.spawnmesh.spring.Reply;
import org.spawnmesh.spring.test.ActorTest;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.Import;

@ActorTest
@Import({TransfersTest.Account.class, Prices.class})
class TransfersTest {

  record Balance(long cents) {}

  record Money(long cents) {}

  record Transfer(String to, long cents) {}

  // tag::effect[]
  @Actor
  static class Account {

    @Action
    Reply<Balance> transfer(Transfer transfer, ActorContext<Balance> account) {
      Balance left = new Balance(balance(account) - transfer.cents());
      if (left.cents() < 0) {
        throw new IllegalArgumentException("not enough money");
      }
      return Reply.of(left)
          .state(left)
          .effect("Account", transfer.to(), "deposit", new Money(transfer.cents()));
    }

    @Action
    Reply<Balance> deposit(Money money, ActorContext<Balance> account) {
      Balance more = new Balance(balance(account) + money.cents());
      return Reply.of(more).state(more);
    }

    private static long balance(ActorContext<Balance> account) {
      return account.state().map(Balance::cents).orElse(0L);
    }
  }

  // end::effect[]

  // tag::client[]
  interface AccountClient {
    Balance transfer(Transfer transfer);

    Balance deposit(Money money);
  }

  // end::client[]

  @Autowired Actors actors;

  @Test
  void whatOneAccountLosesTheOtherOneGets() {
    ActorRef alice = actors.ref("Account", "alice");
    alice.ask("deposit", new Money(100), Balance.class);

    alice.ask("transfer", new Transfer("bob", 30), Balance.class);

    await()
        .untilAsserted(
            () ->
                assertThat(actors.ref("Account", "bob").ask("get", Balance.class))
                    .isEqualTo(new Balance(30)));
  }

  @Test
  void aRetryUnderTheSameKeyIsAppliedOnce() {
    // tag::key[]
    ActorRef carol = actors.ref("Account", "carol").withKey("payment-4711");

    Balance first = carol.ask("deposit", new Money(50), Balance.class);
    Balance again = carol.ask("deposit", new Money(50), Balance.class);
    // end::key[]

    assertThat(first).isEqualTo(new Balance(50));
    assertThat(again).isEqualTo(first);

    // tag::typed[]
    AccountClient dave =
        actors.client(AccountClient.class, actors.ref("Account", "dave").withKey("payment-4712"));
    dave.deposit(new Money(20));
    dave.deposit(new Money(20));
    // end::typed[]
    assertThat(actors.ref("Account", "dave").ask("get", Balance.class)).isEqualTo(new Balance(20));
  }
}
