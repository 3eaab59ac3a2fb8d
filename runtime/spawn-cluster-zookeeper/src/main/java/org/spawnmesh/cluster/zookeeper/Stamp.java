package org.spawnmesh.cluster.zookeeper;

import org.apache.zookeeper.data.Stat;

/**
 * What tells whether a znode changed: equal stamps, seen by one connection, mean that neither it
 * nor the list of its children did.
 *
 * @param made the transaction that made it
 * @param written the transaction that last wrote it
 * @param writes how often it was written
 * @param children the transaction that last added or removed a child
 */
record Stamp(long made, long written, int writes, long children) {

  static Stamp of(Stat stat) {
    return new Stamp(stat.getCzxid(), stat.getMzxid(), stat.getVersion(), stat.getPzxid());
  }

  boolean isSameNode(Stamp other) {
    return made == other.made;
  }
}
