package org.spawnmesh.proxy.host;

import org.spawnmesh.host.ActorHost;

/** The processes that run actions, by address. Thread-safe. */
public interface Hosts {

  /** The host at that address; the same one each time. */
  ActorHost at(HostAddress address);
}
