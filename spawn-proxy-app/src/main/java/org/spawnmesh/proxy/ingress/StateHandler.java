package org.spawnmesh.proxy.ingress;

import com.google.protobuf.InvalidProtocolBufferException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.Answer;
import org.spawnmesh.actor.FailureCode;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.actor.Payload;
import org.spawnmesh.protocol.InvocationResponse;
import org.spawnmesh.protocol.JSONType;
import org.spawnmesh.protocol.RequestStatus;
import org.spawnmesh.protocol.actors.Actor;
import org.spawnmesh.protocol.actors.ActorSystem;
import org.spawnmesh.proxy.acl.Policies;
import org.spawnmesh.proxy.registration.Reserved;
import org.spawnmesh.proxy.wire.Wire;
import org.spawnmesh.runtime.SpawnNode;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** Answers an actor's state: as a message, or as JSON for people. Asks no host. */
final class StateHandler {

  private final Targets targets;
  private final Policies policies;
  private final SpawnNode node;
  private final JsonMapper json;

  StateHandler(Targets targets, Policies policies, SpawnNode node, JsonMapper json) {
    this.targets = targets;
    this.policies = policies;
    this.node = node;
    this.json = json;
  }

  Mono<ServerResponse> handle(ServerRequest request) {
    String system = request.pathVariable("system");
    String name = request.pathVariable("name").substring(1);
    boolean asJson =
        request.headers().accept().stream()
            .anyMatch(MediaType.APPLICATION_JSON::equalsTypeAndSubtype);
    return Mono.defer(
            () -> {
              policies.check(null, name, "get");
              return targets.find(system, name, "");
            })
        .flatMap(this::state)
        .flatMap(state -> asJson ? json(system, name, state) : message(system, name, state))
        .onErrorResume(
            e -> {
              Outcome outcome = Outcome.of(e);
              return asJson
                  ? jsonFailure(outcome)
                  : Answers.message(
                      Reply.failed(
                          outcome, status -> head(system, name).setStatus(status).build()));
            });
  }

  private Mono<Payload> state(ActorId actor) {
    return ask(actor, Reserved.STATE_ACTION)
        .flatMap(
            answer ->
                answer instanceof Answer.Failed failed
                        && failed.failure().code() == FailureCode.UNKNOWN_ACTION
                    ? ask(actor, "get") // a bean, perhaps on another node
                    : Mono.just(answer))
        .map(Answer::orThrow);
  }

  private Mono<Answer> ask(ActorId actor, String action) {
    return Stages.mono(node.invoke(Invocation.ask(actor, action, Payload.NONE)));
  }

  private static Mono<ServerResponse> message(String system, String name, Payload state) {
    InvocationResponse.Builder response = head(system, name).setStatus(Reply.OK);
    Wire.payload(response, state);
    return Answers.message(Reply.ok(response.build()));
  }

  private static InvocationResponse.Builder head(String system, String name) {
    return InvocationResponse.newBuilder()
        .setSystem(ActorSystem.newBuilder().setName(system))
        .setActor(
            Actor.newBuilder()
                .setId(
                    org.spawnmesh.protocol.actors.ActorId.newBuilder()
                        .setSystem(system)
                        .setName(name)));
  }

  /** JSON state is shown as it is; of any other the bytes, in Base64. */
  private Mono<ServerResponse> json(String system, String name, Payload state) {
    Map<String, Object> shown = new LinkedHashMap<>();
    shown.put("system", system);
    shown.put("actor", name);
    if (!state.isNone()) {
      shown.put("type", state.type());
      shown.put("state", value(state));
    }
    return ServerResponse.ok().contentType(MediaType.APPLICATION_JSON).bodyValue(shown);
  }

  private Object value(Payload state) {
    if (Wire.isJson(state)) {
      try {
        return json.readTree(JSONType.parseFrom(state.bytes()).getContent());
      } catch (InvalidProtocolBufferException | JacksonException e) {
        return state.bytes(); // not what its type says; show what is there
      }
    }
    return state.bytes();
  }

  private static Mono<ServerResponse> jsonFailure(Outcome outcome) {
    RequestStatus status = outcome.status();
    Map<String, Object> shown = new LinkedHashMap<>();
    shown.put("status", status.getStatus().name());
    shown.put("code", outcome.failure().code().id());
    shown.put("message", status.getMessage());
    Reply reply = Reply.failed(outcome, said -> said);
    return Answers.head(reply.http(), reply.retryAfterSeconds())
        .contentType(MediaType.APPLICATION_JSON)
        .bodyValue(shown);
  }
}
