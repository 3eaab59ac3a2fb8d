package org.spawnmesh.cluster;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.store.Incarnation;
import org.spawnmesh.store.Snapshot;
import org.spawnmesh.time.Timers;

/**
 * The gates of this node's shards: which it opens, after everybody else has let go (R7), and which
 * it closes, before it lets go itself (R8). Each shard moves by itself (R10), and no step waits.
 *
 * <pre>
 * of a shard, with each view:  mine, and was: nothing · mine, and was not: claim, then open
 *                              another's, and was mine: close, then release to whoever claims it
 * </pre>
 *
 * <p>Confined to the mesh's loop, but for {@link #nested} and {@link #holder}.
 */
final class Handover {

  private static final Duration ASK_AGAIN = Duration.ofSeconds(1);
  private static final Duration WARMTH = Duration.ofSeconds(30);

  /** States are handed over in messages of about this size. */
  private static final int MESSAGE_BYTES = 1 << 20;

  private final MeshSettings settings;
  private final Timers timers;
  private final Serial loop;
  private final BiConsumer<Incarnation, PeerMessage> send;

  private final Map<Shard, Gate> gates = new HashMap<>();

  /** One gate of a shard at most; read by all. */
  private final Map<Shard, Gate> closing = new ConcurrentHashMap<>();

  /** Who has said that it still holds a shard that is this node's; read by all. */
  private final Map<Shard, Incarnation> holders = new ConcurrentHashMap<>();

  private @Nullable Routes routes;
  private @Nullable LocalNode node;
  private @Nullable Acquisition acquisition;
  private long begunAt;
  private long askedAt;

  /** When states were taken over last; 0 if none are kept for those who were not called yet. */
  private long warmSince;

  private Set<Incarnation> others = Set.of();

  /** Who has claimed its shards in this view. */
  private final Set<Incarnation> claimants = new HashSet<>();

  /** Claimants that own nothing and wait until this node has opened what it owns. */
  private final Set<Incarnation> onlookers = new HashSet<>();

  /** Closed in this view, and not claimed yet by the new owner. */
  private final Map<Shard, List<Snapshot>> parted = new HashMap<>();

  private Runnable settled = () -> {};

  /**
   * @param send sends a message to a member, with the current view
   */
  Handover(
      MeshSettings settings,
      Timers timers,
      Serial loop,
      BiConsumer<Incarnation, PeerMessage> send) {
    this.settings = settings;
    this.timers = timers;
    this.loop = loop;
    this.send = send;
  }

  /**
   * {@code task} is run whenever this node may have let go of the last that it has lost, or may
   * have heard of all others.
   */
  void whenSettled(Runnable task) {
    settled = task;
  }

  // ---- views ----

  /** What a view gives to this node and takes from it; to be done by {@link #begin}. */
  record Changes(Map<Shard, Gate> mine, List<Gate> lost) {}

  /** Decides what changes, and changes nothing. */
  Changes plan(Routes next, Member me) {
    Map<Shard, Gate> mine = new HashMap<>();
    next.owners()
        .forEach(
            (type, owners) -> {
              for (int partition = 0; partition < owners.length; partition++) {
                if (owners[partition].incarnation().equals(me.incarnation())) {
                  Shard shard = new Shard(type, partition);
                  Gate gate = gates.get(shard);
                  mine.put(
                      shard,
                      gate != null ? gate : new Gate(shard, next.partitions(), settings.holds()));
                }
              }
            });
    List<Gate> lost = new ArrayList<>();
    gates.forEach(
        (shard, gate) -> {
          if (!mine.containsKey(shard)) {
            lost.add(gate);
          }
        });
    return new Changes(mine, lost);
  }

  /** Those who are called from behind these gates are let in from now on; see {@link #nested}. */
  void announce(Changes changes) {
    // a gate that never opened has nobody behind it; of one shard, one gate at most is closing
    changes.lost.stream().filter(Gate::isOpen).forEach(gate -> closing.put(gate.guarded(), gate));
  }

  /**
   * Begins what {@link #plan} has found. Whoever finds a gate closed looks where the actor is now,
   * so that must be known before.
   *
   * @param others all other members of the view
   */
  void begin(long view, Changes changes, Routes next, Set<Incarnation> others, LocalNode local) {
    routes = next;
    node = local;
    this.others = others;
    claimants.clear();
    onlookers.clear();
    parted.clear();
    holders.clear();
    gates.clear();
    gates.putAll(changes.mine);
    // what was answered to an older claim does not count (R8, R9)
    acquisition = new Acquisition(view, others, closing.keySet());
    begunAt = timers.nanoTime();
    for (Gate gate : changes.lost) {
      gate.close(gate.isOpen() ? states -> loop.execute(() -> closed(gate, states)) : states -> {});
    }
    if (!changes.lost.isEmpty()) {
      local.closing();
    }
    // who acquires nothing asks too: so the leader knows who has not come as far as this view
    claim(others);
    open();
    settled.run();
  }

  /** Out of the mesh: whatever is behind the gates is not this node's any more. */
  void clear() {
    acquisition = null;
    claimants.clear();
    onlookers.clear();
    parted.clear();
    holders.clear();
    closing.clear();
    List<Gate> shut = new ArrayList<>(gates.values());
    gates.clear();
    shut.forEach(gate -> gate.close(states -> {}));
  }

  // ---- what is taken over ----

  private void claim(Collection<Incarnation> peers) {
    askedAt = timers.nanoTime();
    peers.forEach(peer -> send.accept(peer, new PeerMessage.Claim()));
  }

  /** An answer may have been lost, and what was not called soon is not kept. */
  void tick() {
    long now = timers.nanoTime();
    Acquisition open = acquisition;
    if (open != null && now - askedAt > ASK_AGAIN.toNanos()) {
      claim(open.awaited());
    }
    if (warmSince != 0 && now - warmSince > WARMTH.toNanos()) {
      warmSince = 0;
      gates.values().forEach(Gate::forgetWarm);
    }
  }

  /** Members that have not answered since the view came, which is too long ago. */
  Set<Incarnation> mute() {
    Acquisition open = acquisition;
    long patience = settings.silence().multipliedBy(3).toNanos();
    return open == null || timers.nanoTime() - begunAt < patience ? Set.of() : open.silent();
  }

  /** Null if this is not the view any more. */
  private @Nullable Acquisition acquisition(long view) {
    return acquisition != null && acquisition.view() == view ? acquisition : null;
  }

  void cleared(Incarnation from, long view, PeerMessage.Cleared cleared) {
    Acquisition open = acquisition(view);
    if (open != null) {
      open.cleared(from, cleared.except());
      holds(from, cleared.except());
      open();
      settled.run();
    }
  }

  private void holds(Incarnation holder, List<Shard> shards) {
    holders.values().removeIf(holder::equals);
    for (Shard shard : shards) {
      Gate gate = gates.get(shard);
      if (gate != null) {
        holders.put(shard, holder);
        gate.sendNestedOn();
      }
    }
  }

  void warm(long view, PeerMessage.Warm warm) {
    Acquisition open = acquisition(view);
    if (open != null) {
      open.warm(warm.shard(), warm.states());
    }
  }

  void released(Incarnation from, long view, PeerMessage.Released released) {
    Acquisition open = acquisition(view);
    if (open != null) {
      open.released(from, released.shard());
      holders.remove(released.shard(), from);
      open(gates.get(released.shard()));
    }
  }

  /** Opens the gates of all shards that nobody else holds any more. */
  private void open() {
    Acquisition open = acquisition;
    if (open != null && open.isAnswered()) {
      List.copyOf(gates.values()).forEach(this::open);
    }
  }

  private void open(@Nullable Gate gate) {
    Acquisition open = acquisition;
    LocalNode local = node;
    if (open == null
        || local == null
        || gate == null
        || !gate.isOpening()
        || !open.isFree(gate.guarded())) {
      return;
    }
    List<Snapshot> states = open.takeWarm(gate.guarded());
    if (!states.isEmpty()) {
      warmSince = timers.nanoTime();
    }
    gate.open(states);
    local.opened(gate, states.stream().map(state -> state.actor().name()).toList());
    if (!onlookers.isEmpty() && opening().isEmpty()) {
      onlookers.forEach(onlooker -> send.accept(onlooker, new PeerMessage.Cleared(List.of())));
      onlookers.clear();
    }
  }

  private List<Shard> opening() {
    return gates.values().stream().filter(Gate::isOpening).map(Gate::guarded).toList();
  }

  // ---- what is given away ----

  /** Nothing of the shard is here any more. */
  private void closed(Gate gate, List<Snapshot> states) {
    Shard shard = gate.guarded();
    if (!closing.remove(shard, gate)) {
      return; // of a former life
    }
    if (gates.containsKey(shard)) {
      Acquisition open = acquisition;
      if (open != null) {
        open.finished(shard); // it came back; others may have held it meanwhile, so it is loaded
        open(gates.get(shard));
      }
    } else {
      Incarnation owner = owner(shard);
      if (owner != null && claimants.contains(owner)) {
        handOver(owner, shard, states);
        send.accept(owner, new PeerMessage.Released(shard));
      } else if (owner != null) {
        parted.put(shard, states);
      }
    }
    settled.run();
  }

  private @Nullable Incarnation owner(Shard shard) {
    Member owner = routes == null ? null : routes.owner(shard);
    return owner == null ? null : owner.incarnation();
  }

  /** A member of the current view asks for its shards. */
  void claimed(Incarnation from) {
    claimants.add(from);
    if (ownsNothing(from)) {
      List<Shard> opening = opening();
      if (!opening.isEmpty()) {
        onlookers.add(from);
      }
      send.accept(from, new PeerMessage.Cleared(opening));
      settled.run();
      return;
    }
    List<Shard> still = new ArrayList<>();
    for (Shard shard : closing.keySet()) {
      if (from.equals(owner(shard))) {
        still.add(shard);
      }
    }
    for (Map.Entry<Shard, List<Snapshot>> entry : List.copyOf(parted.entrySet())) {
      if (from.equals(owner(entry.getKey()))) {
        handOver(from, entry.getKey(), entry.getValue());
        parted.remove(entry.getKey());
      }
    }
    send.accept(from, new PeerMessage.Cleared(still));
    settled.run();
  }

  private boolean ownsNothing(Incarnation who) {
    return routes == null || !routes.isOwner(who);
  }

  private void handOver(Incarnation to, Shard shard, List<Snapshot> states) {
    List<Snapshot> some = new ArrayList<>();
    int bytes = 0;
    for (Snapshot state : states) {
      some.add(state);
      bytes += state.state() == null ? 0 : state.state().bytes().length;
      if (bytes > MESSAGE_BYTES) {
        send.accept(to, new PeerMessage.Warm(shard, some));
        some = new ArrayList<>();
        bytes = 0;
      }
    }
    if (!some.isEmpty()) {
      send.accept(to, new PeerMessage.Warm(shard, some));
    }
  }

  // ---- for the curious ----

  /**
   * Does this node own nothing and hold nothing, and have the others opened what was its? Then
   * nobody sends it calls any more either: who has claimed its shards sends them elsewhere.
   */
  boolean isSettled() {
    return gates.isEmpty()
        && closing.isEmpty()
        && parted.isEmpty()
        && claimants.containsAll(others)
        && acquisition != null
        && acquisition.awaited().isEmpty();
  }

  /** Has every other member answered in this view, and so come as far as it? */
  boolean isKnown() {
    return acquisition != null && acquisition.isAnswered();
  }

  int owned() {
    return gates.size();
  }

  /**
   * The gate through which a call must go that somebody behind it waits for, though the shard is
   * another's already; null if there is none. Any thread.
   */
  @Nullable Gate nested(Invocation invocation, int partitions) {
    if (invocation.chain() == null || closing.isEmpty()) {
      return null;
    }
    Gate gate = closing.get(Shard.of(invocation.actor(), partitions));
    return gate != null && gate.isNested(invocation.chain()) ? gate : null;
  }

  /**
   * Who has the gate through which this call must go, because somebody behind it waits for the
   * call; null if nobody has. Any thread.
   *
   * @param own the gate of the same shard here, which cannot open before
   */
  @Nullable Incarnation holder(Invocation invocation, Gate own) {
    return invocation.chain() != null && !holders.isEmpty() && own.isNested(invocation.chain())
        ? holders.get(own.guarded())
        : null;
  }
}
