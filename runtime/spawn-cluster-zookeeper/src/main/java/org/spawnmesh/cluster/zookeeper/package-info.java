/** Who is alive, by ZooKeeper. Curator and ZooKeeper appear in no public signature. */
@NullMarked
package org.spawnmesh.cluster.zookeeper;

import org.jspecify.annotations.NullMarked;
