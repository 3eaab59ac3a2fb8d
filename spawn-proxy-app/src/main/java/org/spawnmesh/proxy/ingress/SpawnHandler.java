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
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/** Names instances of definitions, and takes them back to an earlier revision if asked to. */
final class SpawnHandler {

  private static final long NEWEST = 0;

  private final Bodies bodies;
  private final ActorLookup lookup;
  private final Revisions revisions;
  private final Executor blocking;

  SpawnHandler(Bodies bodies, ActorLookup lookup, Revisions revisions, Executor blocking) {
    this.bodies = bodies;
    this.lookup = lookup;
    this.revisions = revisions;
    this.blocking = blocking;
  }

  Mono<ServerResponse> handle(ServerRequest request) {
    return bodies
        .read(request, SpawnRequest.parser(), "a SpawnRequest")
        .flatMap(body -> Stages.blocking(blocking, () -> spawn(body, revision(request))))
        .flatMap(Answers::ok)
        .onErrorResume(e -> Answers.failed(Outcome.of(e), SpawnHandler::answer));
  }

  private Message spawn(SpawnRequest request, long revision) {
    if (request.getActorsCount() == 0) {
      throw RefusedRequestException.badRequest("The request names no actors to spawn");
    }
    List<ActorId> actors = lookup.spawn(request.getActorsList());
    if (revision != NEWEST) {
      actors.forEach(actor -> revisions.restore(actor, revision));
    }
    return answer(Answers.ACCEPTED);
  }

  private static long revision(ServerRequest request) {
    String text = request.queryParam("revision").orElse("");
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

  static Message answer(RequestStatus status) {
    return SpawnResponse.newBuilder().setStatus(status).build();
  }
}
