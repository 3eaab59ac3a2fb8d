package org.spawnmesh.cluster.zookeeper;

import org.apache.curator.framework.state.ConnectionState;

/** How this node and ZooKeeper stand. */
enum Connection {
  /** Not connected yet. */
  CONNECTING,
  /** ZooKeeper answers, and the session is alive. */
  CONNECTED,
  /** ZooKeeper does not answer; the session may be alive. */
  SUSPENDED,
  /** The session is over, or must be taken for over: the others may not see this node. */
  LOST,
  /** This node does not want to know any more. */
  CLOSED;

  /** What it is after Curator told this. Nothing leads away from {@link #CLOSED}. */
  Connection after(ConnectionState told) {
    if (this == CLOSED) {
      return this;
    }
    return switch (told) {
      case CONNECTED, RECONNECTED -> CONNECTED;
      // A server without a majority: it may answer, but with what was long ago.
      case SUSPENDED, READ_ONLY -> SUSPENDED;
      case LOST -> LOST;
    };
  }
}
