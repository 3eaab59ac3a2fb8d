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

  /** Is nothing known against the host? */
  default boolean isUp(HostAddress address) {
    return true;
  }

  /** Has the host been away for too long to wait for it? */
  default boolean isDown(HostAddress address) {
    return false;
  }

  /** Looks whether the host is there, by a connection. Blocks for as long as that may take. */
  default boolean isThere(HostAddress address) {
    return true;
  }

  /** Who is to know which hosts are there. Does not block; thread-safe. */
  interface Watcher {

    /** Does somebody else run what the host runs, so that nobody need wait for it? */
    boolean isReplaceable(HostAddress host);

    /** The host has just come to be up, or to be down. */
    void changed(HostAddress host);
  }

  /** Does an action run in a process at that address now? */
  default boolean areAsked(InetAddress peer) {
    return false;
  }
}
