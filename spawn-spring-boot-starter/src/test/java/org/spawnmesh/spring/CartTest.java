package org.spawnmesh.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.spawnmesh.actor.SpawnException;
import org.spawnmesh.spring.autoconfigure.SpawnAutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import reactor.core.publisher.Mono;

/** The example that everybody sees first. */
class CartTest {

  private final ApplicationContextRunner application =
      new ApplicationContextRunner()
          .withConfiguration(AutoConfigurations.of(SpawnAutoConfiguration.class))
          .withBean(Cart.class)
          .withBean(Prices.class);

  static class Prices {
    BigDecimal of(String product) {
      return product.equals("tea") ? new BigDecimal("4.20") : BigDecimal.TEN;
    }
  }

  @Actor
  static class Cart {

    record Items(Map<String, Integer> quantities) {
      static final Items EMPTY = new Items(Map.of());

      Items plus(AddItem item) {
        Map<String, Integer> next = new TreeMap<>(quantities);
        next.merge(item.product, item.quantity, Integer::sum);
        return new Items(next);
      }
    }

    record AddItem(String product, int quantity) {}

    record Total(BigDecimal amount) {}

    private final Prices prices;

    Cart(Prices prices) {
      this.prices = prices;
    }

    @Action
    Reply<Total> add(AddItem item, ActorContext<Items> cart) {
      Items next = cart.state().orElse(Items.EMPTY).plus(item);
      return Reply.of(sum(next)).state(next);
    }

    @Action
    Total total(ActorContext<Items> cart) {
      return sum(cart.state().orElse(Items.EMPTY));
    }

    private Total sum(Items items) {
      return new Total(
          items.quantities.entrySet().stream()
              .map(item -> prices.of(item.getKey()).multiply(BigDecimal.valueOf(item.getValue())))
              .reduce(BigDecimal.ZERO, BigDecimal::add));
    }
  }

  interface CartClient {
    Cart.Total add(Cart.AddItem item);

    Cart.Total total();

    @Action("total")
    CompletionStage<Cart.Total> totalLater();

    @Action("total")
    Mono<Cart.Total> totalReactively();
  }

  @Test
  void aCartIsFilledAndAsked() {
    application.run(
        context -> {
          Actors actors = context.getBean(Actors.class);
          CartClient cart = actors.client(CartClient.class, "Cart", "alice");
          ActorRef ref = actors.ref("Cart", "alice");

          assertThat(cart.add(new Cart.AddItem("tea", 2)).amount()).isEqualByComparingTo("8.40");
          assertThat(ref.ask("add", new Cart.AddItem("tea", 1), Cart.Total.class))
              .isEqualTo(new Cart.Total(new BigDecimal("12.60")));
          ref.tell("add", new Cart.AddItem("cup", 1));

          assertThat(cart.total().amount()).isEqualByComparingTo("22.60");
          assertThat(cart.totalLater().toCompletableFuture().join()).isEqualTo(cart.total());
          assertThat(cart.totalReactively().block()).isEqualTo(cart.total());
          assertThat(actors.client(CartClient.class, "Cart", "bob").total().amount()).isZero();
        });
  }

  @Test
  void anActionThatThrowsAnswersWhatWentWrong() {
    application.run(
        context -> {
          ActorRef ref = context.getBean(Actors.class).ref("Cart", "alice");
          assertThatThrownBy(() -> ref.ask("ad", null, Cart.Total.class))
              .isInstanceOf(SpawnException.class)
              .hasMessageContaining("SP1002");
        });
  }
}
