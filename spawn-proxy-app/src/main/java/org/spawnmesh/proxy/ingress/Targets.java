package org.spawnmesh.proxy.ingress;

import java.util.concurrent.Executor;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.protocol.InvocationRequest;
import org.spawnmesh.proxy.registration.ActorLookup;
import reactor.core.publisher.Mono;

/** Who is meant by a request. What this node knows is answered at once, on the calling thread. */
final class Targets {

  private final ActorLookup lookup;
  private final Executor blocking;

  Targets(ActorLookup lookup, Executor blocking) {
    this.lookup = lookup;
    this.blocking = blocking;
  }

  Mono<ActorId> find(InvocationRequest request) {
    String name = request.getActor().getId().getName();
    if (name.isEmpty()) {
      return Mono.error(RefusedRequestException.badRequest("The request names no actor"));
    }
    return find(Calls.system(request), name, definition(request));
  }

  Mono<ActorId> find(String system, String name, String definition) {
    return Mono.defer(
        () -> {
          ActorId known = lookup.known(system, name, definition);
          return known != null
              ? Mono.just(known)
              : Stages.blocking(blocking, () -> lookup.resolve(system, name, definition));
        });
  }

  /** Naming the parent in the id says as much as register_ref does. */
  private static String definition(InvocationRequest request) {
    if (!request.getRegisterRef().isEmpty()) {
      return request.getRegisterRef();
    }
    var id = request.getActor().getId();
    return id.getParent().equals(id.getName()) ? "" : id.getParent();
  }
}
