package org.spawnmesh.proxy.registration;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NameCacheTest {

  @Test
  void whatIsUsedStaysAndTheRestIsForgotten() {
    NameCache cache = new NameCache(100);
    cache.put("used", "1");
    for (int i = 0; i < 10_000; i++) {
      cache.put("name " + i, "x");
      assertThat(cache.get("used")).isEqualTo("1");
    }
    assertThat(cache.get("name 0")).isNull();
    assertThat(cache.size()).isLessThanOrEqualTo(202);
  }
}
