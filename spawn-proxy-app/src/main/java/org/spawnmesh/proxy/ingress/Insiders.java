package org.spawnmesh.proxy.ingress;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import org.spawnmesh.actor.Failure;
import org.spawnmesh.actor.FailureCode;
import org.spawnmesh.actor.SpawnException;
import org.spawnmesh.proxy.host.Hosts;
import org.spawnmesh.runtime.NodeStatus;
import org.spawnmesh.runtime.SpawnNode;

/**
 * Tells requests of actions that are running from those of everybody else, who are not let in while
 * the node drains. Hosts do not say for which action they ask, so a request counts as an action's
 * if it comes from an address at which one runs. Thread-safe; never blocks.
 */
record Insiders(SpawnNode node, Hosts hosts) {

  /**
   * @param peer the other end of the connection; empty for a Unix socket of this machine
   */
  boolean include(Optional<InetSocketAddress> peer) {
    return node.status() == NodeStatus.DRAINING
        && hosts.areAsked(
            peer.map(InetSocketAddress::getAddress).orElseGet(InetAddress::getLoopbackAddress));
  }

  /**
   * @throws SpawnException with {@link FailureCode#NODE_UNAVAILABLE} if the node drains and it is
   *     not an action's request
   */
  void require(String what, Optional<InetSocketAddress> peer) {
    if (node.status() == NodeStatus.DRAINING && !include(peer)) {
      throw new SpawnException(
          Failure.notExecuted(
                  FailureCode.NODE_UNAVAILABLE,
                  "%s was refused: the node is %s".formatted(what, NodeStatus.DRAINING))
              .retryAfter(node.settings().retryAfter()));
    }
  }
}
