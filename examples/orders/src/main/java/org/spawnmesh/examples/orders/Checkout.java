package org.spawnmesh.examples.orders;

import org.spawnmesh.spring.Saga;
import org.spawnmesh.spring.Saga.Call;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** An order is reserved and paid, or neither. */
@Configuration(proxyBeanMethods = false)
class Checkout {

  record Order(String article, int pieces, String customer, int cents) {}

  // tag::saga[]
  @Bean
  Saga<Order> checkoutSaga() {
    return Saga.of("Checkout", Order.class)
        .step("reserve", order -> Call.to("Stock", order.article(), "reserve", order.pieces()))
        .undo(order -> Call.to("Stock", order.article(), "release", order.pieces()))
        .step("pay", order -> Call.to("Account", order.customer(), "pay", order.cents()))
        .build();
  }
  // end::saga[]
}
