package org.spawnmesh.proxy.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Netty's leak detector for all tests of this module, which the build names to Netty: it keeps what
 * it finds instead of only logging it. Public for that reason.
 */
public final class Leaks<T> extends ResourceLeakDetector<T> {

  private static final List<String> FOUND = new CopyOnWriteArrayList<>();

  public Leaks(Class<?> resource, int samplingInterval) {
    super(resource, samplingInterval);
  }

  @SuppressWarnings("deprecation") // Netty asks for this one, too
  public Leaks(Class<?> resource, int samplingInterval, long maxActive) {
    super(resource, samplingInterval);
  }

  @Override
  protected void reportTracedLeak(String type, String records) {
    FOUND.add(type + records);
  }

  @Override
  protected void reportUntracedLeak(String type) {
    FOUND.add(type);
  }

  /** What others have left behind is not for this test. */
  public static void forget() {
    FOUND.clear();
  }

  public static void expectNone() {
    for (int i = 0; i < 3; i++) {
      look();
    }
    assertThat(FOUND).isEmpty();
  }

  static List<String> found() {
    return FOUND;
  }

  /** A new buffer makes the detector look at what was collected. */
  static void look() {
    System.gc();
    ByteBufAllocator.DEFAULT.directBuffer(16).release();
  }
}
