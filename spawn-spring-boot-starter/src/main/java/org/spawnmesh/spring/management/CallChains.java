package org.spawnmesh.spring.management;

import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.Answer;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.actor.TraceParent;
import org.spawnmesh.runtime.CallTracer;

/**
 * Calls with all that they cause, for those who watch: some of the calls that enter at this node
 * are followed to wherever they go, and each node keeps what ran there. The call itself says that
 * it is followed, in its metadata, so that all nodes follow the same ones. While nobody watches
 * nothing is followed and nothing kept. Thread-safe.
 */
public final class CallChains implements CallTracer {

  /** In the metadata of a call that is followed: the chain, and the step that it comes from. */
  static final String KEY = "spawn-chain";

  private static final char SEPARATOR = '.';

  /** So many nanoseconds at least lie between the begins of two chains. */
  private static final long GAP = 50_000_000L;

  private static final int MOST_STEPS = 4096;
  private static final long LISTED_NANOS = 60_000_000_000L;
  private static final int LISTED = 20;

  private final BooleanSupplier watched;
  private final LongSupplier nanoTime;
  private final InstantSource clock;
  private final AtomicLong nextBegin = new AtomicLong();

  /** Oldest first, by their ends; guarded by itself. */
  private final Deque<Ended> steps = new ArrayDeque<>();

  CallChains(BooleanSupplier watched, LongSupplier nanoTime, InstantSource clock) {
    this.watched = watched;
    this.nanoTime = nanoTime;
    this.clock = clock;
    nextBegin.set(nanoTime.getAsLong());
  }

  /** The chain of a call, and the step that made it. */
  private record Link(String chain, @Nullable String step) {

    /** Null if the call is not followed, or by somebody else's rules. */
    static @Nullable Link of(Map<String, String> metadata) {
      String text = metadata.get(KEY);
      int at = text == null ? -1 : text.indexOf(SEPARATOR);
      return text == null || at < 1 || text.length() > 64
          ? null
          : new Link(text.substring(0, at), text.substring(at + 1));
    }
  }

  private record Ended(
      String chain,
      String step,
      @Nullable String parent,
      boolean turn,
      String actor,
      String action,
      @Nullable String caller,
      long atMicros,
      long micros,
      @Nullable String code,
      long endNanos) {}

  @Override
  public @Nullable Step called(Invocation invocation) {
    if (!watched.getAsBoolean()) {
      return null;
    }
    Link link = Link.of(invocation.metadata());
    if (link == null && !begins()) {
      return null;
    }
    return new Following(link == null ? begin(invocation) : link, invocation, false);
  }

  @Override
  public @Nullable Step turn(Invocation invocation) {
    if (invocation.metadata().isEmpty() || !watched.getAsBoolean()) {
      return null;
    }
    Link link = Link.of(invocation.metadata());
    return link == null ? null : new Following(link, invocation, true);
  }

  private boolean begins() {
    long now = nanoTime.getAsLong();
    long next = nextBegin.get();
    return now - next >= 0 && nextBegin.compareAndSet(next, now + GAP);
  }

  /** Under the name of its trace if it has one, so that both can be found by it. */
  private static Link begin(Invocation invocation) {
    TraceParent trace = TraceParent.of(invocation.metadata());
    return new Link(trace != null ? trace.traceId() : id() + id(), null);
  }

  private static String id() {
    return HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
  }

  private final class Following implements Step {

    private final Link link;
    private final String step = id();
    private final Invocation onward;
    private final boolean turn;
    private final long atMicros = ChronoUnit.MICROS.between(Instant.EPOCH, clock.instant());
    private final long start = nanoTime.getAsLong();

    Following(Link link, Invocation invocation, boolean turn) {
      this.link = link;
      this.turn = turn;
      Map<String, String> metadata = new HashMap<>(invocation.metadata());
      metadata.put(KEY, link.chain + SEPARATOR + step);
      this.onward = invocation.withMetadata(metadata);
    }

    @Override
    public Invocation onward() {
      return onward;
    }

    @Override
    public void ended(Answer answer) {
      long now = nanoTime.getAsLong();
      ActorId caller = onward.caller();
      keep(
          new Ended(
              link.chain,
              step,
              link.step,
              turn,
              onward.actor().shortName(),
              onward.action(),
              caller == null ? null : caller.shortName(),
              atMicros,
              (now - start) / 1_000,
              answer instanceof Answer.Failed failed ? failed.failure().code().id() : null,
              now));
    }
  }

  private void keep(Ended ended) {
    synchronized (steps) {
      if (steps.size() >= MOST_STEPS) {
        steps.removeFirst();
      }
      steps.addLast(ended);
    }
  }

  /** Somebody begins to watch: what others saw once is over. */
  void forget() {
    synchronized (steps) {
      steps.clear();
    }
  }

  private List<Ended> kept() {
    synchronized (steps) {
      return List.copyOf(steps);
    }
  }

  /** The slowest chains that began at this node and ended within the last minute. */
  List<Map<String, Object>> slowest() {
    long now = nanoTime.getAsLong();
    return kept().stream()
        .filter(step -> step.parent == null && now - step.endNanos < LISTED_NANOS)
        .sorted(Comparator.comparingLong(Ended::micros).reversed())
        .limit(LISTED)
        .map(CallChains::shown)
        .toList();
  }

  /** What this node knows of one chain; empty if it has forgotten it, or never saw it. */
  Map<String, Object> chain(String name) {
    return Map.of(
        "chain",
        name,
        "steps",
        kept().stream().filter(step -> step.chain.equals(name)).map(CallChains::shown).toList());
  }

  private static Map<String, Object> shown(Ended ended) {
    Map<String, Object> shown = new LinkedHashMap<>();
    shown.put("chain", ended.chain);
    shown.put("step", ended.step);
    shown.put("parent", ended.parent);
    shown.put("kind", ended.turn ? "turn" : "call");
    shown.put("actor", ended.actor);
    shown.put("action", ended.action);
    shown.put("caller", ended.caller);
    shown.put("atMicros", ended.atMicros);
    shown.put("micros", ended.micros);
    shown.put("code", ended.code);
    return shown;
  }
}
