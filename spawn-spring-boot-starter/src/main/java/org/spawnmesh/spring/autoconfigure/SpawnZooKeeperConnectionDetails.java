package org.spawnmesh.spring.autoconfigure;

import org.springframework.boot.autoconfigure.service.connection.ConnectionDetails;

/** Where ZooKeeper is; by default what {@code spawn.cluster.zookeeper.connect-string} says. */
public interface SpawnZooKeeperConnectionDetails extends ConnectionDetails {

  /** {@code host:port}, several separated by commas. */
  String connectString();
}
