package org.spawnmesh.proxy.registration;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NameCacheTest {

  @Test
  void whatIsUsedStaysAndTheRestIsForgotten() {
    NameCache<String> cache = new NameCache<>(100, (before, next) -> next);
    cache.put("used", "1");
    for (int i = 0; i < 10_000; i++) {
      cache.put("name " + i, "x");
      assertThat(cache.get("used")).isEqualTo("1");
    }
    assertThat(cache.get("name 0")).isNull();
    assertThat(cache.size()).isLessThanOrEqualTo(202);
  }

  @Test
  void whatComesTooLateDoesNotReplaceWhatIsNewer() {
    NameCache<Integer> cache = new NameCache<>(2, Math::max);
    cache.put("name", 2);
    cache.put("name", 1);
    assertThat(cache.get("name")).isEqualTo(2);
    for (int i = 0; i < 3; i++) {
      cache.put("other " + i, 0); // it grows old
    }
    cache.put("name", 1);
    assertThat(cache.get("name")).isEqualTo(2);
  }
}
