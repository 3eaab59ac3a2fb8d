package org.spawnmesh.cluster.zookeeper;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.curator.framework.CuratorFramework;
import org.apache.zookeeper.KeeperException.NoNodeException;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.spawnmesh.cluster.Member;
import org.spawnmesh.store.Incarnation;

/**
 * The members as ZooKeeper lists them. The stamp of their parent tells whether anything changed:
 * ZooKeeper stamps it when a child comes or goes, and whoever writes a child writes its name into
 * the parent in the same transaction. So looking costs one request, and reading again only what
 * changed. That holds within one connection; after another, {@link #forget} first, for stamps
 * repeat themselves after a restore.
 *
 * <p>Confined to the rounds.
 */
final class Roll {

  private static final Logger log = LoggerFactory.getLogger(Roll.class);

  /**
   * A child.
   *
   * @param member null if it says nothing that can be understood
   * @param session whose it is; 0 if nobody's, so that it would stay for ever
   */
  record Entry(@Nullable Member member, long session) {}

  private final CuratorFramework client;
  private final Paths paths;
  private final Map<String, Entry> entries = new HashMap<>();
  private @Nullable Stamp read;

  Roll(CuratorFramework client, Paths paths) {
    this.client = client;
    this.paths = paths;
  }

  void forget() {
    entries.clear();
    read = null;
  }

  /** What stands there for this life of a node; null if nothing. */
  @Nullable Entry entry(Incarnation incarnation) {
    return entries.get(Paths.name(incarnation));
  }

  /** The children that stand there by this session. */
  List<String> namesOf(long session) {
    return entries.entrySet().stream()
        .filter(entry -> entry.getValue().session() == session)
        .map(Map.Entry::getKey)
        .toList();
  }

  /** Is there a place for members? */
  boolean isThere() {
    return read != null;
  }

  Map<Incarnation, Member> live() {
    var live = new HashMap<Incarnation, Member>();
    for (Entry entry : entries.values()) {
      Member member = entry.member();
      if (member != null && entry.session() != 0) {
        live.put(member.incarnation(), member);
      }
    }
    return Map.copyOf(live);
  }

  /**
   * Reads what changed since it read last. If it fails, the next call reads what is missing.
   *
   * @param parent as it is now; null if there is none
   */
  void read(@Nullable Stat parent) throws Exception {
    if (parent == null) {
      forget();
      return;
    }
    if (Stamp.of(parent).equals(read)) {
      return;
    }
    // The stamp first and the children after it: what changes between is read again next time.
    var stat = new Stat();
    byte[] changed;
    List<String> names;
    try {
      changed = client.getData().storingStatIn(stat).forPath(paths.members());
      names = client.getChildren().forPath(paths.members());
    } catch (NoNodeException e) {
      forget();
      return;
    }
    Stamp now = Stamp.of(stat);
    if (read == null || !now.isSameNode(read)) {
      entries.clear();
    } else if (now.writes() == read.writes() + 1) {
      entries.remove(new String(changed, StandardCharsets.UTF_8));
    } else if (now.writes() != read.writes()) {
      entries.clear(); // Several children were written, and only the last is named.
    }
    entries.keySet().retainAll(names);
    for (String name : names) {
      if (!entries.containsKey(name)) {
        Entry entry = look(name);
        if (entry != null) {
          entries.put(name, entry);
        }
      }
    }
    read = now;
  }

  private @Nullable Entry look(String name) throws Exception {
    var stat = new Stat();
    byte[] data;
    try {
      data = client.getData().storingStatIn(stat).forPath(paths.members() + "/" + name);
    } catch (NoNodeException e) {
      return null;
    }
    Member member = parse(name, data == null ? new byte[0] : data);
    if (member != null && stat.getEphemeralOwner() == 0) {
      log.warn(
          "{} is nobody's znode and would stay for ever; it does not count as a member. Delete it",
          paths.members() + "/" + name);
    }
    return new Entry(member, stat.getEphemeralOwner());
  }

  private @Nullable Member parse(String name, byte[] data) {
    try {
      Member member = Member.parse(new String(data, StandardCharsets.UTF_8));
      if (!Paths.name(member.incarnation()).equals(name)) {
        throw new IllegalArgumentException("It says that it is " + member);
      }
      return member;
    } catch (IllegalArgumentException e) {
      log.warn(
          "{} does not count as a member: {}. Which software wrote it?",
          paths.members() + "/" + name,
          e.getMessage());
      return null;
    }
  }
}
