package org.spawnmesh.cluster.zookeeper;

import java.nio.charset.StandardCharsets;
import org.apache.curator.framework.CuratorFramework;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException.BadVersionException;
import org.apache.zookeeper.KeeperException.NoNodeException;
import org.apache.zookeeper.KeeperException.NodeExistsException;
import org.apache.zookeeper.data.Stat;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.spawnmesh.cluster.Membership.MembershipUnavailableException;

/** The number of the greatest view that was published. Thread-safe; blocks. */
final class ViewNumber {

  private static final Logger log = LoggerFactory.getLogger(ViewNumber.class);

  /** Each attempt that fails was overtaken by another that wrote. */
  private static final int ATTEMPTS = 100;

  private final CuratorFramework client;
  private final String path;
  private volatile String misread = "";

  ViewNumber(CuratorFramework client, String path) {
    this.client = client;
    this.path = path;
  }

  /** 0 if there is none. */
  long read() throws Exception {
    try {
      return parse(client.getData().forPath(path));
    } catch (NoNodeException e) {
      return 0;
    }
  }

  /** Writes {@code view} unless a greater one is there: at most one write that counts. */
  void raise(long view) throws Exception {
    byte[] next = Long.toString(view).getBytes(StandardCharsets.UTF_8);
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      var stat = new Stat();
      try {
        if (parse(client.getData().storingStatIn(stat).forPath(path)) >= view) {
          return;
        }
        // Only over what was compared: a slow leader must not hide a newer view (R5, F17).
        client.setData().withVersion(stat.getVersion()).forPath(path, next);
        return;
      } catch (BadVersionException e) {
        continue;
      } catch (NoNodeException e) {
        // made below
      }
      try {
        client
            .create()
            .creatingParentsIfNeeded()
            .withMode(CreateMode.PERSISTENT)
            .forPath(path, next);
        return;
      } catch (NodeExistsException e) {
        // written by another
      }
    }
    throw new MembershipUnavailableException(
        "View %d could not be published: others wrote %s %d times meanwhile. It is in the store, where they will find it"
            .formatted(view, path, ATTEMPTS),
        null);
  }

  private long parse(byte[] data) {
    String text = data == null ? "" : new String(data, StandardCharsets.UTF_8);
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      if (!text.equals(misread)) {
        misread = text;
        log.warn("{} is not a number but '{}'; the next view overwrites it", path, text);
      }
      return 0;
    }
  }
}
