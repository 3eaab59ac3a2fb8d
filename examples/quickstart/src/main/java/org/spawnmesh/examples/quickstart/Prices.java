package org.spawnmesh.examples.quickstart;

import java.math.BigDecimal;
import java.util.Map;
import org.springframework.stereotype.Component;

/** What things cost; an ordinary bean that the actor uses. */
@Component
class Prices {

  private static final BigDecimal ANYTHING_ELSE = new BigDecimal("1.00");

  private final Map<String, BigDecimal> list =
      Map.of("tea", new BigDecimal("4.20"), "cup", new BigDecimal("7.50"));

  Cart.Total total(Cart.Items items) {
    BigDecimal sum = BigDecimal.ZERO;
    for (Map.Entry<String, Integer> item : items.quantities().entrySet()) {
      BigDecimal price = list.getOrDefault(item.getKey(), ANYTHING_ELSE);
      sum = sum.add(price.multiply(BigDecimal.valueOf(item.getValue())));
    }
    return new Cart.Total(sum);
  }
}
