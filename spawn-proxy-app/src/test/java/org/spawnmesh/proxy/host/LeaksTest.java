package org.spawnmesh.proxy.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufAllocator;
import org.junit.jupiter.api.Test;

/** That no leak is found proves nothing unless a leak is found. */
class LeaksTest {

  @Test
  void aForgottenBufferIsFound() {
    Leaks.forget();
    forgetABuffer();
    for (int i = 0; i < 100 && Leaks.found().isEmpty(); i++) {
      Leaks.look();
    }

    assertThat(Leaks.found()).isNotEmpty();
    Leaks.forget();
  }

  private static void forgetABuffer() {
    ByteBufAllocator.DEFAULT.directBuffer(16);
  }
}
