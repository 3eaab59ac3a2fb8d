package org.spawnmesh.examples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.spawnmesh.spring.ActorRef;
import org.spawnmesh.spring.Actors;
import org.spawnmesh.spring.test.ActorTest;
import org.spawnmesh.test.VirtualTimers;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.Import;

// tag::test[]
@ActorTest
@Import(Prices.class)
class CartTest {

  @Autowired Actors actors;

  @Test
  void anItemIsPricedAndKept() {
    ActorRef cart = actors.ref("Cart", "alice");

    assertThat(cart.ask("add", new Cart.AddItem("tea", 2), Cart.Total.class))
        .isEqualTo(new Cart.Total(new BigDecimal("8.40")));
    assertThat(cart.ask("items", Cart.Items.class)).isEqualTo(new Cart.Items(Map.of("tea", 2)));
  }

  // end::test[]

  // tag::time[]
  @Autowired VirtualTimers time;

  @Test
  void aCartThatSleptIsStillFull() {
    ActorRef cart = actors.ref("Cart", "bob");
    cart.ask("add", new Cart.AddItem("tea", 1), Cart.Total.class);

    time.advance(Duration.ofHours(1));

    assertThat(cart.ask("items", Cart.Items.class)).isEqualTo(new Cart.Items(Map.of("tea", 1)));
  }
  // end::time[]
}
