package org.spawnmesh.cluster.zookeeper;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.curator.framework.CuratorFramework;
import org.apache.zookeeper.KeeperException.NoNodeException;
import org.spawnmesh.cluster.Member;

/**
 * The members of all systems below a root, for who is no member. Thread-safe; blocks while it asks.
 */
public final class ZooKeeperDirectory implements AutoCloseable {

  private final CuratorFramework client;
  private final String root;

  /** Connects at once, and again whenever the connection is lost. */
  public ZooKeeperDirectory(ZooKeeperSettings settings) {
    client = ZooKeeperMembership.client(settings);
    root = settings.root();
    client.start();
  }

  /**
   * Who is alive now, by system. What stands there and is no member is left out.
   *
   * @throws IllegalStateException if ZooKeeper does not answer
   */
  public List<Member> members() throws InterruptedException {
    List<Member> members = new ArrayList<>();
    try {
      for (String system : children(root)) {
        String path = root + "/" + system + "/members";
        for (String name : children(path)) {
          read(members, path + "/" + name);
        }
      }
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException("ZooKeeper does not list the members: " + e.getMessage(), e);
    }
    return members;
  }

  /** None if the parent is gone, or was never there. */
  private List<String> children(String path) throws Exception {
    try {
      return client.getChildren().forPath(path);
    } catch (NoNodeException e) {
      return List.of();
    }
  }

  private void read(List<Member> members, String path) throws Exception {
    try {
      byte[] data = client.getData().forPath(path);
      members.add(Member.parse(new String(data, StandardCharsets.UTF_8)));
    } catch (NoNodeException e) {
      // it left between the two questions
    } catch (IllegalArgumentException e) {
      // of another software: the members complain about it
    }
  }

  @Override
  public void close() {
    client.close();
  }
}
