package org.spawnmesh.cluster.kubernetes;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.spawnmesh.cluster.Member;
import org.spawnmesh.store.Incarnation;

/**
 * The members by their leases. Whoever's lease did not change for as long as it is granted is dead.
 * When it changed last is read from this node's monotonic clock; the times that stand in leases are
 * other machines' and are not read at all.
 *
 * <p>Not thread-safe.
 */
final class Roll {

  private static final Logger log = LoggerFactory.getLogger(Roll.class);

  /**
   * A lease.
   *
   * @param member null if it says nothing that can be understood
   * @param since when it was first seen with this stamp
   * @param dead whether it was asked for again after its time, and still had this stamp
   */
  private record Entry(
      @Nullable Member member, Stamp stamp, Duration life, long since, boolean dead) {

    boolean isLate(long now) {
      return member != null && !dead && now - since >= life.toNanos();
    }

    Entry since(long now) {
      return new Entry(member, stamp, life, now, dead);
    }

    Entry died() {
      return new Entry(member, stamp, life, since, true);
    }
  }

  private final Names names;
  private final Duration life;
  private final Map<String, Entry> entries = new HashMap<>();

  /**
   * @param life of leases that do not say it
   */
  Roll(Names names, Duration life) {
    this.names = names;
    this.life = life;
  }

  /** A lease is, or was just now, like this. */
  void saw(Lease lease, long now) {
    String name = lease.getMetadata().getName();
    if (name.equals(names.mesh())) {
      return;
    }
    Stamp stamp = Stamp.of(lease);
    Entry former = entries.get(name);
    if (former == null || !former.stamp().equals(stamp)) {
      entries.put(name, new Entry(parse(lease), stamp, Leases.life(lease, life), now, false));
    }
  }

  /** A lease was deleted. */
  void lost(Lease lease) {
    String name = lease.getMetadata().getName();
    Entry former = entries.get(name);
    // What was written by this node is here before a watch tells what was before.
    if (former != null && former.stamp().isSameObject(Stamp.of(lease))) {
      entries.remove(name);
    }
  }

  /**
   * These, and no others, were there at some time between {@code sent} and {@code now}. Whoever was
   * late before that, and has not changed, is dead.
   */
  void read(List<Lease> all, long sent, long now) {
    entries.keySet().retainAll(all.stream().map(lease -> lease.getMetadata().getName()).toList());
    all.forEach(lease -> saw(lease, now));
    entries.replaceAll((name, entry) -> entry.isLate(sent) ? entry.died() : entry);
  }

  /** Is there anybody who would be dead if nothing changed? */
  boolean isAnyLate(long now) {
    return entries.values().stream().anyMatch(entry -> entry.isLate(now));
  }

  /** Nobody could renew anything until now. */
  void forgive(long now) {
    entries.replaceAll((name, entry) -> entry.since(now));
  }

  boolean shows(Member self) {
    Entry entry = entries.get(names.member(self.incarnation()));
    return entry != null && self.equals(entry.member());
  }

  Map<Incarnation, Member> live() {
    var live = new HashMap<Incarnation, Member>();
    for (Entry entry : entries.values()) {
      Member member = entry.member();
      if (member != null && !entry.dead()) {
        live.put(member.incarnation(), member);
      }
    }
    return Map.copyOf(live);
  }

  /** The leases of the dead, as they were seen last. */
  Map<String, Stamp> dead() {
    var dead = new HashMap<String, Stamp>();
    entries.forEach(
        (name, entry) -> {
          if (entry.dead()) {
            dead.put(name, entry.stamp());
          }
        });
    return dead;
  }

  private @Nullable Member parse(Lease lease) {
    String name = lease.getMetadata().getName();
    Map<String, String> annotations = lease.getMetadata().getAnnotations();
    String line = annotations == null ? null : annotations.get(Names.MEMBER);
    try {
      if (line == null) {
        throw new IllegalArgumentException("It has no annotation " + Names.MEMBER);
      }
      Member member = Member.parse(line);
      if (!names.member(member.incarnation()).equals(name)) {
        throw new IllegalArgumentException("It says that it is " + member);
      }
      return member;
    } catch (IllegalArgumentException e) {
      log.warn(
          "The lease {} does not count as a member: {}. Which software wrote it?",
          name,
          e.getMessage());
      return null;
    }
  }
}
