package org.spawnmesh.cluster.zookeeper;

import java.lang.reflect.Field;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.CuratorFramework;
import org.apache.zookeeper.ClientCnxn;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.apache.zookeeper.ZooKeeper;

/** What the world does to sessions. */
final class Sessions {

  private Sessions() {}

  static long id(CuratorFramework client) throws Exception {
    return client.getZookeeperClient().getZooKeeper().getSessionId();
  }

  /** The server ends the session: it was taken over, and its new holder closed it. */
  static void expire(CuratorFramework client, String connect) throws Exception {
    ZooKeeper zooKeeper = client.getZookeeperClient().getZooKeeper();
    var connected = new CountDownLatch(1);
    var duplicate =
        new ZooKeeper(
            connect,
            10_000,
            event -> {
              if (event.getState() == KeeperState.SyncConnected) {
                connected.countDown();
              }
            },
            zooKeeper.getSessionId(),
            zooKeeper.getSessionPasswd());
    if (!connected.await(10, TimeUnit.SECONDS)) {
      throw new AssertionError("The session could not be taken over");
    }
    duplicate.close();
  }

  /** The client gives the session up; the server keeps it until it times out. */
  static void forget(CuratorFramework client) throws Exception {
    client.getZookeeperClient().getZooKeeper().getTestable().injectSessionExpiration();
  }

  /** The process is no more: its connection ends without a word, and there is no other. */
  static void kill(CuratorFramework client) throws Exception {
    Field connection = ZooKeeper.class.getDeclaredField("cnxn");
    connection.setAccessible(true);
    ((ClientCnxn) connection.get(client.getZookeeperClient().getZooKeeper())).disconnect();
    client.close();
  }
}
