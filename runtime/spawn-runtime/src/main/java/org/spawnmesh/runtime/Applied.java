package org.spawnmesh.runtime;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.Answer;
import org.spawnmesh.actor.Failure;
import org.spawnmesh.actor.FailureCode;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.actor.Once;
import org.spawnmesh.store.Agenda;
import org.spawnmesh.store.KeptReply;

/**
 * What one actor has applied once, durable or not yet: as much as fits into memory, and the store
 * for the rest. An actor that never took more than that asks the store once in its life.
 *
 * <p>Belongs to the activation's turns; blocks when it asks the store.
 */
final class Applied {

  private static final int LOADED = 256;
  private static final int HELD = 1024;
  private static final int HELD_BYTES = 1 << 20;

  private final Agenda agenda;
  private final ActorId actor;

  /** Oldest first. */
  private final LinkedHashMap<String, KeptReply> known = new LinkedHashMap<>();

  private int bytes;

  /** What is not known here was never applied. */
  private boolean complete;

  private Applied(Agenda agenda, ActorId actor) {
    this.agenda = agenda;
    this.actor = actor;
  }

  /**
   * @throws org.spawnmesh.store.StoreException if the store cannot answer
   */
  static Applied load(Agenda agenda, ActorId actor) {
    Applied applied = new Applied(agenda, actor);
    List<KeptReply> stored = agenda.replies(actor, LOADED);
    applied.complete = stored.size() < LOADED;
    stored.reversed().forEach(reply -> applied.add(reply, true));
    return applied;
  }

  /**
   * What becomes of a call that was applied before; null if it was not.
   *
   * @throws org.spawnmesh.store.StoreException if the store has to be asked and cannot answer
   */
  @Nullable Decision repeated(Invocation invocation) {
    Once once = invocation.once();
    if (once == null) {
      return null;
    }
    KeptReply kept = kept(once.source());
    Once ordered = kept == null ? once.ordered() : null;
    if (ordered != null) {
      // sent by hand once more: the first time it came in its order, and was the last that did
      KeptReply last = kept(ordered.source());
      kept = last != null && last.number() == ordered.number() ? last : null;
    }
    if (kept == null || kept.number() < once.number()) {
      return null;
    }
    if (once.isKey() && !fingerprint(invocation).equals(kept.fingerprint())) {
      return Decision.failed(
          Failure.notExecuted(
              FailureCode.KEY_REUSED,
              "%s came under the key '%s', which was used for another action or payload before"
                  .formatted(invocation, once)));
    }
    return Decision.repeated(kept);
  }

  private @Nullable KeptReply kept(String source) {
    KeptReply kept = known.get(source);
    if (kept == null && !complete) {
      Optional<KeptReply> stored = agenda.reply(actor, source);
      stored.ifPresent(reply -> add(reply, true));
      kept = stored.orElse(null);
    }
    return kept;
  }

  /**
   * The actor has applied this.
   *
   * @param durable whether all that was applied so far is stored; what is not must stay here
   */
  void add(KeptReply reply, boolean durable) {
    KeptReply before = known.remove(reply.source());
    bytes += size(reply) - (before == null ? 0 : size(before));
    known.put(reply.source(), reply);
    Iterator<Map.Entry<String, KeptReply>> oldest = known.entrySet().iterator();
    while (durable && (known.size() > HELD || bytes > HELD_BYTES) && oldest.hasNext()) {
      bytes -= size(oldest.next().getValue());
      oldest.remove();
      complete = false;
    }
  }

  private static int size(KeptReply reply) {
    return 100
        + reply.source().length()
        + (reply.answer() instanceof Answer.Ok ok ? Math.max(0, ok.payload().knownSize()) : 0);
  }

  /**
   * Tells whether two calls ask for the same.
   *
   * @throws org.spawnmesh.actor.PayloadEncodingException if the payload cannot be encoded
   */
  static String fingerprint(Invocation invocation) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      update(digest, invocation.action().getBytes(StandardCharsets.UTF_8));
      update(digest, invocation.payload().type().getBytes(StandardCharsets.UTF_8));
      update(digest, invocation.payload().bytes());
      return Base64.getUrlEncoder().withoutPadding().encodeToString(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has SHA-256", e);
    }
  }

  private static void update(MessageDigest digest, byte[] part) {
    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(part.length).array());
    digest.update(part);
  }
}
