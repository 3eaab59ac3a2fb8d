package org.spawnmesh.cluster.zookeeper;

import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import org.apache.curator.framework.CuratorFramework;
import org.apache.zookeeper.KeeperException.NoNodeException;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.store.Incarnation;

/**
 * The line of those who would lead, as Curator's latches keep it: the first leads. Confined to the
 * rounds.
 */
final class Line {

  private final CuratorFramework client;
  private final String path;
  private List<String> waiting = List.of();
  private @Nullable Incarnation first;
  private @Nullable Stamp read;

  Line(CuratorFramework client, String path) {
    this.client = client;
    this.path = path;
  }

  void forget() {
    waiting = List.of();
    first = null;
    read = null;
  }

  /** Who leads; null if nobody does, or it cannot be told. */
  @Nullable Incarnation first() {
    return first;
  }

  /** The place of a latch's znode; -1 if it is not in the line. */
  int place(String node) {
    return waiting.indexOf(node);
  }

  /** Reads again if it changed. */
  void read() throws Exception {
    Stat stat = client.checkExists().forPath(path);
    if (stat == null) {
      forget();
      return;
    }
    Stamp now = Stamp.of(stat);
    if (now.equals(read)) {
      return;
    }
    try {
      waiting =
          client.getChildren().forPath(path).stream()
              .sorted(Comparator.comparing(Line::number))
              .toList();
      first = waiting.isEmpty() ? null : holder(waiting.getFirst());
      read = now;
    } catch (NoNodeException e) {
      forget(); // Somebody left just now: asked again in the next round.
    }
  }

  /** ZooKeeper ends the name of a sequential znode with ten digits. */
  private static String number(String node) {
    return node.substring(Math.max(0, node.length() - 10));
  }

  private @Nullable Incarnation holder(String node) throws Exception {
    byte[] id = client.getData().forPath(path + "/" + node);
    try {
      return new Incarnation(Long.parseLong(new String(id, StandardCharsets.UTF_8)));
    } catch (NumberFormatException e) {
      return null;
    }
  }
}
