package org.spawnmesh.proxy.host;

import io.netty.channel.ConnectTimeoutException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedChannelException;

/** What broke, in the words of the operating system where there are any. */
final class Causes {

  private Causes() {}

  static String words(Throwable cause) {
    if (cause instanceof ClosedChannelException) {
      return "closed";
    }
    if (cause instanceof ConnectTimeoutException || cause instanceof SocketTimeoutException) {
      return "no connection in time";
    }
    String message = cause.getMessage();
    if (cause instanceof ConnectException && message != null && message.contains("refused")) {
      return "connection refused"; // the transports word it differently
    }
    return message == null || message.isBlank() ? cause.getClass().getSimpleName() : message;
  }
}
