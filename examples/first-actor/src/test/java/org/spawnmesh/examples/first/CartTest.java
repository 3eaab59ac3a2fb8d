package org.spawnmesh.examples.first;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.spawnmesh.spring.ActorRef;
import org.spawnmesh.spring.Actors;
import org.spawnmesh.spring.test.ActorTest;
import org.springframework.beans.factory.annotation.Autowired;

// tag::test[]
@ActorTest
class CartTest {

  @Autowired Actors actors;

  @Test
  void eachCartHasItsOwnItems() {
    ActorRef alice = actors.ref("Cart", "alice");
    ActorRef bob = actors.ref("Cart", "bob");

    alice.ask("add", new Cart.AddItem("tea", 2), Cart.Items.class);
    bob.ask("add", new Cart.AddItem("cup", 1), Cart.Items.class);

    assertThat(alice.ask("add", new Cart.AddItem("tea", 1), Cart.Items.class))
        .isEqualTo(new Cart.Items(Map.of("tea", 3)));
  }
}
// end::test[]
