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
import org.spawnmesh.proxy.wire.DueTime;
import org.spawnmesh.proxy.wire.Wire;
import org.spawnmesh.runtime.SpawnNode;
import reactor.core.publisher.Mono;

/** Runs an action of an actor. Who is meant stands in the body; the path only looks as if. */
final class InvocationHandler implements ProtocolHandler {

  private final Targets targets;
  private final Policies policies;
  private final SpawnNode node;
  private final Insiders insiders;
  private final InstantSource clock;

  InvocationHandler(
      Targets targets, Policies policies, SpawnNode node, Insiders insiders, InstantSource clock) {
    this.targets = targets;
    this.policies = policies;
    this.node = node;
    this.insiders = insiders;
    this.clock = clock;
  }

  @Override
  public Mono<Reply> handle(ProtocolRequest request) {
    InvocationRequest body = request.message(InvocationRequest.parser(), "an InvocationRequest");
    return Mono.defer(
            () -> {
              refuseIfDenied(body);
              return targets.find(body);
            })
        .flatMap(target -> run(body, target, request))
        .onErrorResume(
            e -> Mono.just(Reply.failed(Outcome.of(e), status -> withStatus(body, status))));
  }

  @Override
  public Message failed(RequestStatus status) {
    return withStatus(InvocationRequest.getDefaultInstance(), status);
  }

  /** Before anything is looked up: who is denied must not make an instance by naming it. */
  private void refuseIfDenied(InvocationRequest request) {
    policies.check(
        Calls.caller(request), request.getActor().getId().getName(), Calls.action(request));
  }

  private Mono<Reply> run(InvocationRequest request, ActorId target, ProtocolRequest sent) {
    long now = node.timers().nanoTime();
    Invocation invocation = Calls.invocation(request, target, sent, now);
    Duration delay = delay(request.getScheduledTo());
    return Stages.mono(
            !delay.isZero()
                ? node.invokeAt(invocation, clock.instant().plus(delay))
                : insiders.include(sent.peer())
                    ? node.invokeInside(invocation)
                    : node.invoke(invocation))
        .map(answer -> answered(request, answer));
  }

  private Duration delay(long scheduledTo) {
    try {
      return DueTime.delay(scheduledTo, clock.instant());
    } catch (IllegalArgumentException e) {
      throw RefusedRequestException.badRequest(String.valueOf(e.getMessage()));
    }
  }

  private static Reply answered(InvocationRequest request, Answer answer) {
    InvocationResponse.Builder response = echo(request).setStatus(Reply.OK);
    Wire.payload(response, answer.orThrow());
    return Reply.ok(response.build());
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
