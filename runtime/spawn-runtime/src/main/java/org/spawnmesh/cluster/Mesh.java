package org.spawnmesh.cluster;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.ActorType;
import org.spawnmesh.actor.Broadcast;
import org.spawnmesh.actor.ChannelDefinition;
import org.spawnmesh.actor.Failure;
import org.spawnmesh.actor.FailureCode;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.actor.Kind;
import org.spawnmesh.actor.SpawnException;
import org.spawnmesh.cluster.Member.Offer;
import org.spawnmesh.cluster.PeerAnswer.Answered;
import org.spawnmesh.cluster.PeerAnswer.Moved;
import org.spawnmesh.cluster.PeerTransport.Reach;
import org.spawnmesh.store.Incarnation;
import org.spawnmesh.store.Ledger;
import org.spawnmesh.store.Slots;
import org.spawnmesh.store.View;
import org.spawnmesh.time.Timers;

/**
 * One node of a mesh of several: takes the views that are raised, opens and closes the gates of its
 * shards accordingly, and hands over what it loses. How it comes in and goes is its {@link Stay}.
 * The rules R1 to R12 and R20 of the ownership protocol ({@code
 * docs/explanation/ownership-and-commit.md}) are here; R13 to R18 are the store's.
 *
 * <p>All of it happens in one loop: what is said to be the loop's is touched by it alone, and
 * whatever may block is done elsewhere and comes back as another step. What it publishes is in
 * {@link Whereabouts}, which every invocation reads.
 */
public final class Mesh implements Cluster {

  private static final Logger log = LoggerFactory.getLogger(Mesh.class);

  private static final Duration TICK = Duration.ofMillis(250);
  private static final Duration PAUSE = Duration.ofMillis(20);

  private final MeshSettings settings;
  private final Membership membership;
  private final PeerTransport transport;
  private final Timers timers;
  private final Executor threads;
  private final Serial loop;

  private final Tidings tidings;
  private final Presence presence;
  private final Leadership leadership;
  private final Handover handover;
  private final Links links;
  private final Whereabouts whereabouts;
  private final Stay stay;

  private volatile @Nullable LocalNode node;

  // ---- the loop's ----

  private @Nullable Ledger ledger;

  /** Where peers reach this node; touched by {@link #join} only. */
  private @Nullable String address;

  /**
   * @param threads run what may block; any number at once
   */
  public Mesh(
      MeshSettings settings,
      Membership membership,
      PeerTransport transport,
      Timers timers,
      Executor threads) {
    this.settings = settings;
    this.membership = membership;
    this.transport = transport;
    this.timers = timers;
    this.threads = threads;
    this.loop = new Serial(threads);
    this.tidings = new Tidings(timers, threads, loop, settings.holds(), this::learned, this::lead);
    this.links = new Links(transport, this::view);
    this.handover = new Handover(settings, timers, loop, this::send);
    this.whereabouts = new Whereabouts(settings, handover, links, timers);
    this.presence =
        new Presence(
            timers, loop, links::to, settings.silence(), whereabouts.latest(), new Watch());
    this.stay =
        new Stay(
            settings,
            membership,
            timers,
            threads,
            loop,
            whereabouts,
            handover,
            this::obstacle,
            this::lead,
            () -> tidings.resume(Long.MAX_VALUE));
    this.handover.whenSettled(stay::settled);
    this.leadership =
        new Leadership(
            settings,
            membership,
            presence,
            handover,
            timers,
            threads,
            loop,
            this::raised,
            () -> loop.execute(tidings::fetch),
            this::ousted);
  }

  /** Which this node is in. */
  private long view() {
    return whereabouts.table().view();
  }

  private Roster latest() {
    return whereabouts.latest();
  }

  // ---- for every invocation ----

  @Override
  public Placement placement(Invocation invocation) {
    return whereabouts.placement(invocation);
  }

  @Override
  public boolean mayAnswer() {
    return whereabouts.mayAnswer();
  }

  @Override
  public CompletionStage<?> moved(long view) {
    CompletableFuture<Void> later = new CompletableFuture<>();
    if (view > latest().view()) {
      loop.execute(
          () -> {
            if (!after(view, () -> later.complete(null))) {
              later.complete(null);
            }
          });
    } else {
      timers.schedule(PAUSE, () -> later.complete(null));
    }
    return later;
  }

  // ---- joining ----

  @Override
  public CompletionStage<Incarnation> join(Ledger store, int writers, LocalNode local) {
    CompletableFuture<Incarnation> joined = new CompletableFuture<>();
    threads.execute(
        () -> {
          try {
            String address = started(local);
            // R2: the row is committed before anybody can see this node
            Incarnation incarnation = store.register(settings.node(), writers);
            Member fresh =
                new Member(
                    incarnation,
                    settings.node(),
                    address,
                    settings.version(),
                    whereabouts.hosted(),
                    settings.management());
            transport.identify(incarnation);
            loop.execute(() -> enter(store, local, fresh, joined));
          } catch (RuntimeException e) {
            joined.completeExceptionally(e);
          }
        });
    return joined;
  }

  /** Called by one thread at a time, as {@link #join} is. */
  private String started(LocalNode local) {
    if (address == null) {
      node = local;
      address = transport.start(new Arrivals());
      membership.start(() -> loop.execute(this::observed));
      tick();
    }
    return address;
  }

  private void enter(
      Ledger store, LocalNode local, Member fresh, CompletableFuture<Incarnation> joined) {
    forgetAll();
    ledger = store;
    tidings.readFrom(store);
    node = local;
    stay.register(fresh, joined);
    tidings.fetch();
  }

  @Override
  public void host(Map<ActorType, Offer> types) {
    Map<ActorType, Offer> offers = new HashMap<>(types);
    offers.replaceAll(
        (type, offer) -> settings.pinned().contains(type.name()) ? offer.pinned() : offer);
    Map<ActorType, Offer> hosted = Map.copyOf(offers);
    whereabouts.hosted(hosted); // at once: a call that follows waits for the view
    loop.execute(stay::host);
  }

  @Override
  public CompletionStage<?> placed() {
    CompletableFuture<Void> known = new CompletableFuture<>();
    loop.execute(() -> stay.await(known));
    known.whenComplete( // or whoever waited has given up
        (done, cancelled) -> loop.execute(() -> stay.giveUpWaiting(known)));
    return known;
  }

  /** Out of the mesh: nothing of the former life counts any more. */
  private void forgetAll() {
    whereabouts.forget();
    presence.clear();
    handover.clear();
    links.closeAll();
  }

  // ---- time ----

  private void tick() {
    timers.schedule(
        TICK,
        () ->
            loop.execute(
                () -> {
                  if (!stay.isEnded()) {
                    ticked();
                    tick();
                  }
                }));
  }

  private void ticked() {
    if (stay.self() != null) {
      tidings.tick();
    }
    observed();
    presence.tick();
    handover.tick();
  }

  /** The coordination service may have something new to say. */
  private void observed() {
    Member me = stay.self();
    if (me == null) {
      return;
    }
    Membership.Observation seen = membership.observe();
    if (seen.view() > latest().view()) {
      tidings.hint();
    } else if (stay.isInside() && seen.contact() != null && latest().view() == view()) {
      // it answered, and knows of no view but ours
      whereabouts.answersUntil(seen.contact());
    }
    if (stay.isInside()) {
      leadership.publish(latest());
    }
    links.meet(seen.live(), me);
    lead();
  }

  // ---- views ----

  /** This is the current view, or was after {@code asked}. */
  private void learned(View view, long asked) {
    Roster roster = roster(view);
    if (roster != null) {
      learned(roster, asked);
    }
  }

  private void learned(Roster view, long asked) {
    Member now = stay.self();
    if (now == null) {
      return;
    }
    if (view.view() >= latest().view() && view.has(now.incarnation())) {
      whereabouts.answersUntil(asked); // before calls come
    }
    adopt(view);
    tidings.resume(latest().view()); // for the others the next tick asks again
  }

  /**
   * A peer has raised this view. When that was is not known here, so no lease counts from it; and
   * who has none, because it is no member yet, reads the view itself.
   */
  private void told(View view) {
    if (!stay.isInside()) {
      tidings.hint();
      return;
    }
    Roster roster = roster(view);
    if (roster != null) {
      tidings.heard(view);
      adopt(roster);
      tidings.resume(latest().view());
    }
  }

  /** Null if this node cannot take it, or any. */
  private @Nullable Roster roster(View view) {
    if (stay.self() == null) {
      return null;
    }
    if (latest().isOf(view)) {
      return latest(); // as each poll finds it
    }
    Roster roster;
    try {
      roster = Roster.of(view, settings.partitions());
    } catch (RuntimeException e) {
      log.error("View {} cannot be read: {}", view.number(), e.getMessage());
      return null;
    }
    if (roster.partitions() != settings.partitions()) {
      refuseToJoin(roster);
      return null;
    }
    return roster;
  }

  private void refuseToJoin(Roster roster) {
    String why =
        "The mesh cuts its types into %d partitions, this node is configured for %d"
            .formatted(roster.partitions(), settings.partitions());
    log.error("{}", why);
    Member me = stay.self();
    if (stay.isInside() && me != null) {
      stay.withdraw();
      fenced(me, roster);
    } else {
      stay.refuse(new SpawnException(Failure.notExecuted(FailureCode.INVALID_DECLARATION, why)));
    }
  }

  /**
   * Does {@code step} when this node knows a view that is not older than {@code view}.
   *
   * @return false if it never will, because too much waits for that already, or because this node
   *     learns of no view
   */
  private boolean after(long view, Runnable step) {
    if (view <= latest().view()) {
      step.run();
      return true;
    }
    return stay.self() != null && tidings.await(view, step);
  }

  /** Takes a greater view; never goes back (R5). */
  private void adopt(Roster next) {
    Member me = stay.self();
    if (next.view() > latest().view()) {
      whereabouts.latest(next);
    }
    boolean taken = stay.isInside() && view() == next.view();
    if (me == null || next.view() < latest().view() || taken) {
      return;
    }
    if (!next.has(me.incarnation())) {
      if (stay.isInside()) {
        fenced(me, next);
      }
      return;
    }
    LocalNode local = node;
    if (local == null) {
      return;
    }
    CompletableFuture<Incarnation> joined = stay.joining();
    if (joined != null) {
      local.joined(me.incarnation());
      stay.admitted();
    }
    take(next, me, local);
    if (joined != null) {
      joined.complete(me.incarnation());
    }
  }

  private void fenced(Member me, Roster next) {
    forgetAll();
    stay.out();
    LocalNode local = node;
    if (local != null) {
      local.fenced(me.incarnation(), "view %d was raised without it".formatted(next.view()));
    }
  }

  /** Publishes where everything is, then opens and closes gates as the view says. */
  private void take(Roster roster, Member me, LocalNode local) {
    Routes routes = new Routes(roster);
    Handover.Changes changes = handover.plan(routes, me);
    handover.announce(changes);
    whereabouts.table(Table.of(roster, routes, changes.mine(), me, links::peer));
    presence.take(roster);
    whereabouts.openWaitingRoom();
    Set<Incarnation> peers = links.keep(roster, me, membership.observe().live().keySet());
    handover.begin(roster.view(), changes, routes, peers, local);
    log.info(
        "View {}: {} members {}, {} shards here{}",
        roster.view(),
        roster.members().size(),
        roster.members().size() > 10 ? "" : roster.members().values(),
        handover.owned(),
        changes.lost().isEmpty() ? "" : ", " + changes.lost().size() + " given away");
  }

  // ---- what peers send ----

  private void send(Incarnation to, PeerMessage message) {
    Member peer = latest().member(to);
    if (peer != null) {
      links.send(peer, message);
    }
  }

  private final class Arrivals implements PeerTransport.Inbox {

    @Override
    public CompletionStage<PeerAnswer> invoked(Incarnation from, long view, Invocation invocation) {
      if (view <= view()) {
        return serve(invocation);
      }
      CompletableFuture<PeerAnswer> later = new CompletableFuture<>();
      loop.execute(
          () -> {
            if (!after(view, () -> serve(invocation).thenAccept(later::complete))) {
              later.complete(new Moved(view()));
            }
          });
      return later;
    }

    private CompletionStage<PeerAnswer> serve(Invocation invocation) {
      LocalNode local = node;
      if (local != null && isTaken(invocation)) {
        return local.invoke(invocation).thenApply(Answered::new);
      }
      return CompletableFuture.completedStage(new Moved(view()));
    }

    /** A node that owns the actor sends on itself what must go to the former owner. */
    private boolean isTaken(Invocation invocation) {
      return switch (placement(invocation)) {
        case Placement.Here here -> true;
        case Placement.At at -> whereabouts.table().owns(invocation.actor());
        case Placement.Nowhere nowhere -> false;
      };
    }

    @Override
    public void received(Incarnation from, long view, PeerMessage message) {
      if (message instanceof PeerMessage.Raised(View next)) {
        loop.execute(() -> told(next));
      } else {
        loop.execute(() -> after(view, () -> understand(from, view, message)));
      }
    }

    @Override
    public void broken(Incarnation to, Reach reach) {
      loop.execute(
          () -> {
            if (stay.isInside()) {
              presence.reached(to, reach);
            }
          });
    }
  }

  private void understand(Incarnation from, long view, PeerMessage message) {
    if (!stay.isInside()) {
      return;
    }
    if (view < view()) {
      // not obeyed (R6): the sender is told that there is a newer one, and asks again
      send(from, new PeerMessage.Published());
      return;
    }
    switch (message) {
      case PeerMessage.Published published -> {}
      case PeerMessage.Raised raised -> {} // was taken at once
      case PeerMessage.Claim claim -> handover.claimed(from);
      case PeerMessage.Cleared cleared -> handover.cleared(from, view, cleared);
      case PeerMessage.Warm warm -> handover.warm(view, warm);
      case PeerMessage.Released released -> handover.released(from, view, released);
      case PeerMessage.Suspected suspected -> {
        Member suspect = latest().member(suspected.member());
        if (suspect != null) {
          presence.probe(suspect);
        }
      }
      case PeerMessage.Cast cast -> {
        LocalNode local = node;
        if (local != null) {
          local.cast(cast.broadcast(), cast.source(), cast.metadata());
        }
      }
    }
  }

  @Override
  public void cast(Broadcast broadcast, ActorId source, Map<String, String> metadata) {
    Table now = whereabouts.table();
    for (Member peer : latest().members().values()) {
      if (now != Table.NOBODY && !peer.incarnation().equals(now.self())) {
        links.to(peer).send(now.view(), new PeerMessage.Cast(broadcast, source, metadata));
      }
    }
  }

  // ---- leading ----

  /** What this node finds out about the others. */
  private final class Watch implements Presence.Listener {

    @Override
    public void changed() {
      lead();
    }

    @Override
    public void missed(Incarnation who) {
      Incarnation leader = membership.observe().leader();
      Member me = stay.self();
      if (leader != null && me != null && !leader.equals(me.incarnation())) {
        send(leader, new PeerMessage.Suspected(who));
      }
    }
  }

  private void lead() {
    Member me = stay.self();
    Ledger store = ledger;
    if (me != null && store != null) {
      leadership.lead(store, me, latest());
    }
  }

  private @Nullable String obstacle() {
    return leadership.obstacle();
  }

  private void ousted(Member who) {
    if (!stay.ousted(who)) {
      tidings.fetch();
    }
  }

  private void raised(View view, long begun) {
    Roster roster = roster(view);
    Member me = stay.self();
    if (roster != null && me != null) {
      tidings.heard(view);
      links.tell(view, roster, me); // first: until they know, who is to let go of a shard does not
      learned(roster, begun);
    }
    observed();
  }

  // ---- the end ----

  @Override
  public boolean isJoined() {
    return stay.isInside();
  }

  @Override
  public CompletionStage<?> resign() {
    CompletableFuture<Void> resigned = new CompletableFuture<>();
    loop.execute(() -> stay.resign(resigned));
    return resigned;
  }

  @Override
  public void leave() {
    loop.execute(
        () -> {
          stay.end();
          tidings.end();
        });
    membership.close();
    transport.close();
  }

  // ---- where everything is ----

  @Override
  public Map<ActorType, Kind> types() {
    return whereabouts.types();
  }

  @Override
  public Map<ActorType, List<ChannelDefinition>> channels() {
    return whereabouts.channels();
  }

  @Override
  public boolean isServedElsewhere(ActorType type) {
    return whereabouts.isServedElsewhere(type);
  }

  @Override
  public boolean speaksFor(ActorId actor) {
    return whereabouts.speaksFor(actor);
  }

  @Override
  public Slots slots(ActorType type) {
    return whereabouts.slots(type);
  }

  @Override
  public List<Member> members() {
    return whereabouts.members();
  }

  @Override
  public MeshStatus status() {
    return whereabouts.status(membership.observe().leader());
  }

  @Override
  public Map<ActorType, List<@Nullable Member>> owners() {
    return whereabouts.owners();
  }

  @Override
  public @Nullable Member owner(ActorId actor) {
    return whereabouts.owner(actor);
  }
}
