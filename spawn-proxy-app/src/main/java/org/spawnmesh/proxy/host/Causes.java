package org.spawnmesh.proxy.host;

import java.nio.channels.ClosedChannelException;

/** What broke, in the words of the operating system where there are any. */
final class Causes {

  private Causes() {}

  static String words(Throwable cause) {
    if (cause instanceof ClosedChannelException) {
      return "closed";
    }
    String message = cause.getMessage();
    return message == null || message.isBlank() ? cause.getClass().getSimpleName() : message;
  }
}
