package org.spawnmesh.store;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.Answer;
import org.spawnmesh.actor.Route;

/**
 * That an actor has applied what came from a source, and what it answered: written in the commit of
 * that turn, so that the same thing is not applied again. An actor has at most one for each source;
 * a later one takes its place. Immutable.
 *
 * @param source where it came from: a caller's key, another actor, a reminder; see {@code Once}
 * @param number which of that source's things it was; it never goes back
 * @param fingerprint tells whether a caller means the same call by the same key; null if it is not
 *     compared
 * @param answer what the call was answered, or {@link Answer#EMPTY} if nobody asks for it again; a
 *     failure in it has taken effect
 * @param passedTo who answers instead, and gets {@code answer}: the same again if the call comes
 *     again; null if the call was answered
 * @param until may be forgotten then
 */
public record KeptReply(
    ActorId actor,
    String source,
    long number,
    @Nullable String fingerprint,
    Answer answer,
    Route.@Nullable Pipe passedTo,
    Instant until) {

  /** Of a call that was answered. */
  public KeptReply(
      ActorId actor,
      String source,
      long number,
      @Nullable String fingerprint,
      Answer answer,
      Instant until) {
    this(actor, source, number, fingerprint, answer, null, until);
  }
}
