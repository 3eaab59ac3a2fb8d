package org.spawnmesh.cluster;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.ObjLongConsumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.spawnmesh.store.Incarnation;
import org.spawnmesh.store.Ledger;
import org.spawnmesh.store.View;
import org.spawnmesh.store.ViewConflictException;
import org.spawnmesh.time.Timers;

/**
 * Raises views, as far as this node shall. That two nodes do so at once harms nobody: the store
 * lets one view follow another. Confined to the mesh's loop.
 */
final class Leadership {

  private static final Logger log = LoggerFactory.getLogger(Leadership.class);

  private final MeshSettings settings;
  private final Membership membership;
  private final Presence presence;
  private final Handover handover;
  private final Timers timers;
  private final Executor threads;
  private final Serial loop;
  private final ObjLongConsumer<View> raised;
  private final Runnable again;
  private final Consumer<Member> ousted;

  /** Fenced, though the coordination service still shows them. */
  private final Set<Incarnation> unfits = new HashSet<>();

  private boolean raising;
  private boolean publishing;

  /** Why the last view could not be raised; null if it was, or none was tried. */
  private @Nullable String obstacle;

  /** When a view may be raised for nodes that come or change; 0 if none is due. */
  private long due;

  /**
   * @param raised told the new view, and when raising it began
   * @param again asks for {@link #lead} when the view in the store is known
   * @param ousted told that this node is fenced itself
   */
  Leadership(
      MeshSettings settings,
      Membership membership,
      Presence presence,
      Handover handover,
      Timers timers,
      Executor threads,
      Serial loop,
      ObjLongConsumer<View> raised,
      Runnable again,
      Consumer<Member> ousted) {
    this.settings = settings;
    this.membership = membership;
    this.presence = presence;
    this.handover = handover;
    this.timers = timers;
    this.threads = threads;
    this.loop = loop;
    this.raised = raised;
    this.again = again;
    this.ousted = ousted;
  }

  /**
   * Raises the next view if this node shall, and there is a reason to.
   *
   * @param me this node
   * @param now the latest view that is known
   */
  void lead(Ledger ledger, Member me, Roster now) {
    if (raising) {
      return;
    }
    Membership.Observation seen = membership.observe();
    Set<Incarnation> lost = presence.lost();
    lost.addAll(mute(now));
    Proposal proposal;
    if (seen.leading()) {
      unfits.retainAll(seen.live().keySet());
      lost.addAll(unfits);
      for (Incarnation silent : presence.silent()) {
        if (!seen.live().containsKey(silent)) {
          lost.add(silent); // neither we nor the service hear of it
        }
      }
      proposal = Proposal.of(now, seen.live(), presence.there(), lost, me);
      proposal.doubtful().forEach(presence::probe);
    } else if (!lost.isEmpty() && actsFor(seen.leader(), now, me, lost)) {
      proposal = Proposal.without(now, lost);
    } else {
      return;
    }
    if (proposal.isLike(now)) {
      due = 0;
    } else if (isDue(proposal, now)) {
      due = 0;
      raise(ledger, me, now, Roster.of(now.view() + 1, now.partitions(), proposal.members()));
    }
  }

  /**
   * Members that answer a probe, but do not come as far as the view: without them no shard moves
   * (R11).
   */
  private Set<Incarnation> mute(Roster now) {
    Set<Incarnation> mute = new HashSet<>(handover.mute());
    Set<Incarnation> there = mute.isEmpty() ? Set.of() : presence.there();
    for (Incarnation incarnation : List.copyOf(mute)) {
      Member member = now.member(incarnation);
      if (!there.contains(incarnation)) {
        mute.remove(incarnation);
        if (member != null) {
          presence.probe(member);
        }
      }
    }
    return mute;
  }

  /** Nodes that come wait a moment for others, so that a start of many costs few views. */
  private boolean isDue(Proposal proposal, Roster now) {
    if (proposal.urgent() || now.members().isEmpty()) {
      return true;
    }
    long time = timers.nanoTime();
    if (due == 0) {
      due = time + settings.batching().toNanos();
      timers.schedule(settings.batching(), again);
    }
    return due - time <= 0;
  }

  /**
   * A leader that died leads until the coordination service notices. Until then the oldest member
   * that is left may evict the dead.
   */
  private static boolean actsFor(
      @Nullable Incarnation leader, Roster now, Member me, Set<Incarnation> lost) {
    if (leader != null && now.has(leader) && !lost.contains(leader)) {
      return false;
    }
    for (Member candidate : now.members().values()) {
      if (!lost.contains(candidate.incarnation())) {
        return candidate.incarnation().equals(me.incarnation());
      }
    }
    return false;
  }

  private void raise(Ledger ledger, Member me, Roster from, Roster next) {
    raising = true;
    long begun = timers.nanoTime();
    Set<Incarnation> members =
        next.members().values().stream().map(Member::incarnation).collect(Collectors.toSet());
    threads.execute(
        () -> {
          try {
            if (from.members().isEmpty()) {
              ledger.lockStandalone(Duration.ZERO).close(); // or a node that is alone holds it
            }
            View view = ledger.raise(new View(from.view(), Set.of()), members, next.details());
            loop.execute(
                () -> {
                  raising = false;
                  obstacle = null;
                  raised.accept(view, begun);
                });
          } catch (ViewConflictException e) {
            log.debug("View {} was not raised: {}", next.view(), e.getMessage());
            loop.execute(() -> refused(e.unfit(), me));
          } catch (RuntimeException e) {
            log.warn("View {} could not be raised: {}", next.view(), e.getMessage());
            loop.execute(() -> failed(e.getMessage()));
          }
        });
  }

  /** The next tick tries again. */
  private void failed(@Nullable String why) {
    raising = false;
    obstacle = why;
  }

  /** Why the last view could not be raised; null if it was, or none was tried. */
  @Nullable String obstacle() {
    return obstacle;
  }

  /** There is another view, or one without the unfit can be raised. */
  private void refused(@Nullable Incarnation unfit, Member me) {
    raising = false;
    if (me.incarnation().equals(unfit)) {
      ousted.accept(me);
      return;
    }
    if (unfit != null) {
      unfits.add(unfit);
    }
    again.run();
  }

  /**
   * Tells the coordination service of the view, unless it knows. Also of one that a former leader
   * raised: it may have died before it could tell.
   */
  void publish(Roster now) {
    Membership.Observation seen = membership.observe();
    if (publishing || !seen.leading() || seen.view() >= now.view()) {
      return;
    }
    publishing = true;
    threads.execute(
        () -> {
          try {
            membership.publish(now.view());
          } catch (RuntimeException e) {
            log.debug("View {} is not published yet; nodes find it in the store", now.view());
          } finally {
            loop.execute(() -> publishing = false);
          }
        });
  }
}
