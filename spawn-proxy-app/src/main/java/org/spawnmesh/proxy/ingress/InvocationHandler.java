package org.spawnmesh.proxy.ingress;

import com.google.protobuf.Message;
import java.time.Duration;
import java.time.InstantSource;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.Answer;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.protocol.InvocationRequest;
import org.spawnmesh.protocol.InvocationResponse;
import org.spawnmesh.protocol.RequestStatus;
import org.spawnmesh.protocol.actors.Actor;
import org.spawnmesh.protocol.actors.ActorSystem;
import org.spawnmesh.proxy.acl.Policies;
import org.spawnmesh.proxy.wire.Wire;
import org.spawnmesh.runtime.SpawnNode;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/** Runs an action of an actor. Who is meant stands in the body; the path only looks as if. */
final class InvocationHandler {

  private final Bodies bodies;
  private final Targets targets;
  private final Policies policies;
  private final SpawnNode node;
  private final Deliveries deliveries;
  private final InstantSource clock;

  InvocationHandler(
      Bodies bodies,
      Targets targets,
      Policies policies,
      SpawnNode node,
      Deliveries deliveries,
      InstantSource clock) {
    this.bodies = bodies;
    this.targets = targets;
    this.policies = policies;
    this.node = node;
    this.deliveries = deliveries;
    this.clock = clock;
  }

  Mono<ServerResponse> handle(ServerRequest request) {
    return bodies
        .read(request, InvocationRequest.parser(), "an InvocationRequest")
        .flatMap(
            body ->
                targets
                    .find(body)
                    .flatMap(target -> run(body, target))
                    .flatMap(payload -> Answers.ok(payload))
                    .onErrorResume(e -> failed(e, body)))
        .onErrorResume(e -> failed(e, InvocationRequest.getDefaultInstance()));
  }

  private Mono<Message> run(InvocationRequest request, ActorId target) {
    long now = node.timers().nanoTime();
    Invocation invocation = Calls.invocation(request, target, now);
    policies.check(invocation);
    Duration delay = DueTime.delay(request.getScheduledTo(), clock.instant());
    if (delay.isZero()) {
      return Stages.mono(node.invoke(invocation)).map(answer -> answered(request, answer));
    }
    deliveries.after(delay, invocation);
    return Mono.just(answered(request, Answer.EMPTY));
  }

  private static Message answered(InvocationRequest request, Answer answer) {
    InvocationResponse.Builder response = echo(request).setStatus(Answers.OK);
    Wire.payload(response, answer.orThrow());
    return response.build();
  }

  private static Mono<ServerResponse> failed(Throwable e, InvocationRequest request) {
    return Answers.failed(Outcome.of(e), status -> withStatus(request, status));
  }

  private static Message withStatus(InvocationRequest request, RequestStatus status) {
    return echo(request).setStatus(status).build();
  }

  /** Who was asked, without what some hosts send along: their whole registry, each time. */
  private static InvocationResponse.Builder echo(InvocationRequest request) {
    InvocationResponse.Builder response = InvocationResponse.newBuilder();
    if (request.hasSystem()) {
      response.setSystem(ActorSystem.newBuilder().setName(request.getSystem().getName()));
    }
    if (request.hasActor()) {
      response.setActor(Actor.newBuilder().setId(request.getActor().getId()));
    }
    return response;
  }
}
