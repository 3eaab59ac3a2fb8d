package org.spawnmesh.proxy.ingress;

import com.google.protobuf.Message;
import java.util.List;
import java.util.concurrent.Executor;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.protocol.RequestStatus;
import org.spawnmesh.protocol.SpawnRequest;
import org.spawnmesh.protocol.SpawnResponse;
import org.spawnmesh.proxy.registration.ActorLookup;
import org.spawnmesh.proxy.registration.Revisions;
import reactor.core.publisher.Mono;

/** Names instances of definitions, and takes them back to an earlier revision if asked to. */
final class SpawnHandler implements ProtocolHandler {

  private static final long NEWEST = 0;

  private final ActorLookup lookup;
  private final Insiders insiders;
  private final Revisions revisions;
  private final Executor blocking;

  SpawnHandler(ActorLookup lookup, Insiders insiders, Revisions revisions, Executor blocking) {
    this.lookup = lookup;
    this.insiders = insiders;
    this.revisions = revisions;
    this.blocking = blocking;
  }

  @Override
  public Mono<Reply> handle(ProtocolRequest request) {
    SpawnRequest body = request.message(SpawnRequest.parser(), "a SpawnRequest");
    insiders.require("The request to spawn", request.peer());
    long revision = revision(request.queryParameter("revision"));
    return Stages.blocking(blocking, () -> Reply.ok(spawn(body, revision)));
  }

  @Override
  public Message failed(RequestStatus status) {
    return answer(status);
  }

  private Message spawn(SpawnRequest request, long revision) {
    if (request.getActorsCount() == 0) {
      throw RefusedRequestException.badRequest("The request names no actors to spawn");
    }
    List<ActorId> actors = lookup.spawn(request.getActorsList());
    if (revision != NEWEST) {
      actors.forEach(actor -> revisions.restore(actor, revision));
    }
    return answer(Reply.ACCEPTED);
  }

  private static long revision(String text) {
    if (text.isEmpty()) {
      return NEWEST;
    }
    try {
      long revision = Long.parseLong(text);
      if (revision >= 0) {
        return revision;
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw RefusedRequestException.badRequest(
        "The revision is '%s'; needed is a number from 1, or 0 for the newest"
            .formatted(text.length() <= 32 ? text : text.substring(0, 32)));
  }

  private static Message answer(RequestStatus status) {
    return SpawnResponse.newBuilder().setStatus(status).build();
  }
}
