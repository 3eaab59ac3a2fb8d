package org.spawnmesh.transport.grpc;

import io.grpc.Status;
import java.net.ConnectException;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.cluster.PeerTransport.Reach;

/** How streams end, and what that says about the peer. */
final class Ends {

  // gRPC itself never uses these codes, so they can only come from a node.

  /** The one who was spoken to is not here (any more). */
  static final Status OTHER_LIFE = Status.NOT_FOUND;

  /** Both are alive, but do not understand each other. */
  static final Status OTHER_VERSION = Status.FAILED_PRECONDITION;

  /** The headers are not those of a node. */
  static final Status NO_HELLO = Status.INVALID_ARGUMENT;

  /** A newer stream of the same link took its place. */
  static final Status REPLACED = Status.ABORTED;

  private Ends() {}

  /**
   * What the end of an attempt to open a stream says about the life that was called. Only what
   * proves that it is not there is {@link Reach#GONE}: a refused connection, another life, or
   * something that is not a node and got its address.
   */
  static Reach reach(Status end) {
    return switch (end.getCode()) {
      case NOT_FOUND, UNIMPLEMENTED -> Reach.GONE;
      default -> isRefused(end.getCause()) ? Reach.GONE : Reach.SILENT;
    };
  }

  private static boolean isRefused(@Nullable Throwable cause) {
    for (Throwable t = cause; t != null; t = t.getCause()) {
      // the class alone also stands for connections that timed out
      if (t instanceof ConnectException
          && t.getMessage() != null
          && t.getMessage().contains("refused")) {
        return true;
      }
    }
    return false;
  }

  /** For people: code, description and cause. */
  static String describe(Status end) {
    Throwable cause = end.getCause();
    while (cause != null && cause.getCause() != null) {
      cause = cause.getCause();
    }
    String description = end.getDescription();
    return end.getCode()
        + (description == null ? "" : ", " + description.lines().findFirst().orElse(""))
        + (cause == null ? "" : ", " + cause);
  }
}
