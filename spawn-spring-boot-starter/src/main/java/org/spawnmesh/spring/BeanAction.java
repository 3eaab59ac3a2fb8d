package org.spawnmesh.spring;

import java.lang.invoke.MethodHandle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.Broadcast;
import org.spawnmesh.actor.Effect;
import org.spawnmesh.actor.Failure;
import org.spawnmesh.actor.FailureCode;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.actor.Payload;
import org.spawnmesh.actor.PayloadEncodingException;
import org.spawnmesh.actor.Route;
import org.spawnmesh.host.ActionFailedException;
import org.spawnmesh.host.HostCall;
import org.spawnmesh.host.HostReply;
import org.spawnmesh.spring.payload.PayloadCodec;
import org.spawnmesh.time.Timers.Timer;

/**
 * One method of an actor's bean, ready to be called. Everything that needs reflection was done when
 * it was made. Immutable, thread-safe.
 *
 * @param method {@code (bean, payload, context) → result}, whatever the method's own order is
 * @param payload null if the method takes none
 * @param payloadRequired whether a message must have a payload
 * @param state null if the actor is stateless
 */
record BeanAction(
    MethodHandle method,
    @Nullable PayloadCodec payload,
    String payloadName,
    boolean payloadRequired,
    @Nullable StateCodec state,
    PayloadCodec answer,
    ResultShape result) {

  /** The declared class is part of the contract: another class's JSON might be read as anything. */
  record StateCodec(Class<?> type, PayloadCodec codec) {

    Payload encode(Object value) {
      if (!type.isInstance(value)) {
        throw new PayloadEncodingException(
            "The new state is a %s, but the actions declare %s"
                .formatted(value.getClass().getName(), type.getName()),
            null);
      }
      return codec.encode(value);
    }
  }

  HostReply run(Object bean, HostCall call, Mesh mesh, MeshActors actors) throws Throwable {
    Object argument = payload == null ? null : decode(call, payload);
    ActorContext<?> context =
        new TurnContext(call, state == null ? null : state.codec(), mesh, actors);
    @Nullable Object returned =
        (@Nullable Object) method.invokeExact((Object) bean, (Object) argument, context);
    if (result.arrival() != ResultShape.Arrival.DIRECT && returned != null) {
      returned = await(returned, call, mesh);
    }
    try {
      return returned instanceof Reply<?> reply
          ? reply(reply, mesh)
          : HostReply.of(answer(returned));
    } catch (PayloadEncodingException e) {
      throw new ActionFailedException(
          Failure.executed(
              FailureCode.REPLY_INVALID,
              "%s returned what cannot be sent: %s".formatted(call.invocation(), e.getMessage())),
          e);
    }
  }

  private @Nullable Object decode(HostCall call, PayloadCodec codec) {
    try {
      Object value = codec.decode(call.payload());
      if (value == null && payloadRequired) {
        throw new ActionFailedException(
            Failure.notExecuted(
                FailureCode.PAYLOAD_UNREADABLE,
                "%s takes %s, and no payload was sent".formatted(call.invocation(), payloadName)));
      }
      return value;
    } catch (PayloadEncodingException e) {
      throw new ActionFailedException(
          Failure.notExecuted(
              FailureCode.PAYLOAD_UNREADABLE,
              "%s takes %s: %s".formatted(call.invocation(), payloadName, e.getMessage())),
          e);
    }
  }

  /** A stage that is not done when its caller stops waiting is cancelled, and frees its actor. */
  private @Nullable Object await(Object asynchronous, HostCall call, Mesh mesh) throws Throwable {
    CompletableFuture<@Nullable Object> future = future(asynchronous);
    Timer alarm = () -> {};
    if (!future.isDone() && call.deadline() != Invocation.NO_DEADLINE) {
      long left = call.deadline() - mesh.node().timers().nanoTime();
      alarm =
          mesh.node()
              .timers()
              .schedule(Duration.ofNanos(Math.max(0, left)), () -> future.cancel(true));
    }
    try {
      return future.get();
    } catch (ExecutionException e) {
      throw e.getCause() == null ? e : e.getCause();
    } catch (CancellationException e) {
      throw new ActionFailedException(
          Failure.executed(
              FailureCode.ACTION_FAILED,
              "%s was cancelled; it was not done when its caller stopped waiting"
                  .formatted(call.invocation())),
          e);
    } finally {
      alarm.cancel();
    }
  }

  @SuppressWarnings("unchecked") // a stage of anything is a stage of objects
  private CompletableFuture<@Nullable Object> future(Object asynchronous) {
    return result.arrival() == ResultShape.Arrival.MONO
        ? MonoAnswers.subscribe(asynchronous)
        : ((CompletionStage<@Nullable Object>) asynchronous).toCompletableFuture();
  }

  private Payload answer(@Nullable Object value) {
    return answer.encode(value instanceof Optional<?> optional ? optional.orElse(null) : value);
  }

  private HostReply reply(Reply<?> reply, Mesh mesh) {
    Payload value = answer(reply.value());
    Payload next = reply.erases() ? Payload.NONE : null;
    Object newState = reply.rawState();
    if (newState != null) {
      // without a declared state the engine refuses any
      next = state == null ? mesh.codecs().encode(newState) : state.encode(newState);
    }
    Reply.Parts parts = reply.parts();
    if (parts == Reply.Parts.NONE) {
      return next == null ? HostReply.of(value) : HostReply.of(value, next);
    }
    return new HostReply(
        value,
        next,
        parts.tags(),
        effects(parts.effects(), mesh),
        parts.broadcast() == null
            ? null
            : new Broadcast(
                parts.broadcast().channel(),
                "",
                mesh.codecs().encode(parts.broadcast().payload()),
                parts.broadcast().durable()),
        route(parts.route(), mesh),
        parts.checkpoint(),
        parts.reminders().stream().map(order -> order.order(mesh.codecs())).toList());
  }

  private static List<Effect> effects(List<Reply.Message> messages, Mesh mesh) {
    List<Effect> effects = new ArrayList<>(messages.size());
    for (Reply.Message message : messages) {
      effects.add(
          new Effect(
              mesh.id(message.type(), message.name()),
              message.action(),
              mesh.codecs().encode(message.payload()),
              java.util.Map.of(),
              message.delay(),
              message.durable()));
    }
    return effects;
  }

  private static @Nullable Route route(Reply.@Nullable Onward onward, Mesh mesh) {
    if (onward == null) {
      return null;
    }
    return onward.pipe()
        ? new Route.Pipe(mesh.id(onward.type(), onward.name()), onward.action())
        : new Route.Forward(mesh.id(onward.type(), onward.name()), onward.action());
  }
}
