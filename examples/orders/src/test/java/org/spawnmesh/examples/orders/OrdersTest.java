package org.spawnmesh.examples.orders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.spawnmesh.examples.orders.Checkout.Order;
import org.spawnmesh.spring.ActorRef;
import org.spawnmesh.spring.Actors;
import org.spawnmesh.spring.PlannedReminder;
import org.spawnmesh.spring.Saga;
import org.spawnmesh.spring.SagaStatus;
import org.spawnmesh.spring.SagaStatus.Phase;
import org.spawnmesh.spring.test.ActorTest;
import org.spawnmesh.test.VirtualTimers;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.Import;

/** What the pages on reminders and sagas show. */
@ActorTest
@Import(Checkout.class)
class OrdersTest {

  @Autowired Actors actors;
  @Autowired VirtualTimers time;
  @Autowired Saga<Order> checkout;

  // tag::reminder[]
  @Test
  void anInvoiceIsWrittenEachMonth() {
    ActorRef subscription = actors.ref("Subscription", "ada");
    subscription.ask("look", Subscription.State.class);

    time.advance(Duration.ofDays(62));

    await()
        .untilAsserted(
            () -> {
              time.advance(Duration.ofMillis(20)); // what is due runs on other threads
              assertThat(subscription.ask("look", Subscription.State.class).invoices())
                  .isGreaterThanOrEqualTo(2);
            });
  }

  // end::reminder[]

  @Test
  void aPauseEndsByItself() {
    ActorRef subscription = actors.ref("Subscription", "bob");
    subscription.ask("pause", Void.class);
    // tag::list[]
    List<PlannedReminder> reminders = subscription.reminders();
    // end::list[]
    assertThat(reminders).extracting(PlannedReminder::name).containsExactly("@invoice", "resume");

    time.advance(Duration.ofDays(30));
    await()
        .untilAsserted(
            () -> {
              time.advance(Duration.ofMillis(20));
              assertThat(subscription.ask("look", Subscription.State.class))
                  .extracting(Subscription.State::paused)
                  .isEqualTo(false);
            });

    // tag::cancel[]
    boolean there = subscription.cancelReminder("@invoice");
    // end::cancel[]
    assertThat(there).isTrue();
    assertThat(subscription.cancelReminder("resume")).as("it is over").isFalse();
  }

  @Test
  void anOrderIsReservedAndPaid() {
    // tag::start[]
    checkout.start(actors, "order-1", new Order("tea", 2, "ada", 840));

    SagaStatus status = checkout.status(actors, "order-1");
    // end::start[]
    assertThat(status).isNotNull();
    assertThat(over("order-1").phase()).isEqualTo(Phase.DONE);
    assertThat(actors.ref("Stock", "tea").ask("reserved", Integer.class)).isEqualTo(2);
  }

  @Test
  void anOrderThatCannotBePaidIsNotReserved() {
    checkout.start(actors, "order-2", new Order("gold", 1, "bob", 1_000_000));
    SagaStatus status = over("order-2");
    assertThat(status.phase()).isEqualTo(Phase.COMPENSATED);
    assertThat(status.reason()).contains("not enough money");
    assertThat(actors.ref("Stock", "gold").ask("reserved", Integer.class)).isZero();
  }

  private SagaStatus over(String name) {
    await()
        .until(
            () -> {
              time.advance(Duration.ofMillis(50));
              return Objects.requireNonNull(checkout.status(actors, name)).isOver();
            });
    return Objects.requireNonNull(checkout.status(actors, name));
  }
}
