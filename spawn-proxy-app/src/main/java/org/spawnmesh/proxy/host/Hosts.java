package org.spawnmesh.proxy.host;

import java.net.InetAddress;
import org.spawnmesh.host.ActorHost;

/** The actor hosts that run as other processes. Thread-safe. */
public interface Hosts {

  /**
   * The host that listens there; the same one for equal addresses. Nothing is asked of it before
   * the first call.
   */
  ActorHost at(HostAddress address);

  /**
   * Nobody will be sent there any more. Calls that are under way, or just begin, still reach it;
   * harmless if the host is not known.
   */
  default void forget(HostAddress address) {}

  /** Does an action run in a process at that address now? */
  default boolean areAsked(InetAddress peer) {
    return false;
  }
}
