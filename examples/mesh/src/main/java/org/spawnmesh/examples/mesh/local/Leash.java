package org.spawnmesh.examples.mesh.local;

import java.io.IOException;
import java.util.Arrays;

/**
 * Runs another main class, in a JVM that ends when the one that started it is gone, however it
 * went: only a living one holds the other end of the standard input.
 */
public final class Leash {

  private Leash() {}

  /**
   * @param args the main class, and its arguments
   */
  public static void main(String[] args) throws Exception {
    Thread.ofPlatform().daemon().name("leash").start(Leash::hold);
    Class.forName(args[0])
        .getMethod("main", String[].class)
        .invoke(null, (Object) Arrays.copyOfRange(args, 1, args.length));
  }

  private static void hold() {
    try {
      while (System.in.read() >= 0) {
        // nobody writes
      }
    } catch (IOException e) {
      // as good as the end
    }
    Runtime.getRuntime().halt(1);
  }
}
