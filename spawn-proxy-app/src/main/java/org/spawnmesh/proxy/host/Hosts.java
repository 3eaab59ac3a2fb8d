package org.spawnmesh.proxy.host;

import org.spawnmesh.host.ActorHost;

/** The actor hosts that run as other processes. Thread-safe. */
public interface Hosts {

  /**
   * The host that listens there; the same one for equal addresses. Nothing is asked of it before
   * the first call.
   */
  ActorHost at(HostAddress address);
}
