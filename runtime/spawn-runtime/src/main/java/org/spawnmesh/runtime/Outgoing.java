package org.spawnmesh.runtime;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.spawnmesh.actor.ActorDefinition;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.ActorType;
import org.spawnmesh.actor.Answer;
import org.spawnmesh.actor.Broadcast;
import org.spawnmesh.actor.ChannelDefinition;
import org.spawnmesh.actor.Effect;
import org.spawnmesh.actor.Execution;
import org.spawnmesh.actor.Failure;
import org.spawnmesh.actor.FailureCode;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.actor.Kind;
import org.spawnmesh.actor.Once;
import org.spawnmesh.actor.Payload;
import org.spawnmesh.actor.Route;
import org.spawnmesh.cluster.Cluster;

/**
 * What leaves an actor once its turn may be seen: the messages that the turn decided to send, then
 * the answer. Never blocks; thread-safe.
 */
final class Outgoing {

  private static final Logger log = LoggerFactory.getLogger(Outgoing.class);

  private final SpawnNode node;
  private final Activations activations;
  private final Cluster cluster;
  private final NodeListener listener;

  Outgoing(SpawnNode node, Activations activations, Cluster cluster, NodeListener listener) {
    this.node = node;
    this.activations = activations;
    this.cluster = cluster;
    this.listener = listener;
  }

  /** Sends what a turn decided to send, then answers its caller. */
  void release(Call call, Decision decision) {
    Invocation cause = call.invocation;
    for (Effect effect : decision.effects()) {
      send(effect, cause);
    }
    if (decision.broadcast() != null) {
      broadcast(decision.broadcast(), cause);
    }
    if (decision.route() != null) {
      reroute(call, decision.route(), decision);
    } else {
      answer(call, decision.answer());
    }
  }

  /** A tell was answered when it was accepted: how it ended is for the log. */
  private void answer(Call call, Answer answer) {
    Invocation invocation = call.invocation;
    if (invocation.mode() == Invocation.Mode.ASK) {
      call.complete(answer);
      return;
    }
    call.complete(Answer.EMPTY);
    if (answer instanceof Answer.Failed failed) {
      unheard(invocation, failed.failure());
    }
  }

  /** Nobody waits for it: this is where its failure is heard of. */
  void unheard(Invocation invocation, Failure failure) {
    log.warn("Nobody waits for {}, which failed: {}", invocation, failure);
    listener.unheardFailure(invocation, failure);
  }

  // ---- effects ----

  private void send(Effect effect, Invocation cause) {
    Map<String, String> metadata = Enclosing.merged(cause.metadata(), effect.metadata());
    Invocation invocation =
        tell(effect.actor(), effect.action(), effect.payload(), cause.actor(), metadata);
    if (effect.delay().isZero()) {
      deliver(invocation);
    } else {
      activations.timers.schedule(effect.delay(), () -> deliver(invocation));
    }
  }

  private static Invocation tell(
      ActorId to, String action, Payload payload, ActorId from, Map<String, String> metadata) {
    return new Invocation(
        to, action, payload, Invocation.Mode.TELL, Invocation.NO_DEADLINE, from, null, metadata, 0);
  }

  private void deliver(Invocation invocation) {
    node.pass(invocation, false)
        .thenAccept(
            answer -> {
              if (answer instanceof Answer.Failed failed) {
                log.warn("{} was not delivered: {}", invocation, failed.failure());
                listener.unheardFailure(invocation, failed.failure());
              }
            });
  }

  // ---- broadcasts ----

  /**
   * Tells everybody in the mesh who listens: a NAMED actor and a pool in any case, unless it was
   * written to already, and instances of an UNNAMED one if they are active.
   */
  private void broadcast(Broadcast broadcast, Invocation cause) {
    cluster.cast(broadcast, cause.actor(), cause.metadata());
    castHere(broadcast, cause.actor(), cause.metadata());
  }

  /** Tells those listeners that are placed on this node. */
  void castHere(Broadcast broadcast, ActorId source, Map<String, String> metadata) {
    for (HostedType type : activations.types()) {
      for (ChannelDefinition channel : type.definition().channels()) {
        if (channel.topic().equals(broadcast.topic())) {
          String action = channel.receiver(broadcast);
          if (type.definition().kind() == Kind.UNNAMED) {
            type.forEach(active -> tell(active.id, action, broadcast, source, metadata));
          } else if (!broadcast.durable()) {
            ActorId listener = only(type.definition().type());
            if (cluster.speaksFor(listener)) {
              tell(listener, action, broadcast, source, metadata);
            }
          }
        }
      }
    }
  }

  private void tell(
      ActorId to,
      String action,
      Broadcast broadcast,
      ActorId source,
      Map<String, String> metadata) {
    deliver(tell(to, action, broadcast.payload(), source, metadata));
  }

  /** The actor of a NAMED type, or a pool. */
  private static ActorId only(ActorType type) {
    return new ActorId(type, type.name());
  }

  /** The same, with what it broadcasts durably as effects for those who can be named now. */
  Decision announced(Decision decision) {
    Broadcast broadcast = decision.broadcast();
    return broadcast == null || !broadcast.durable()
        ? decision
        : decision.announced(letters(broadcast));
  }

  /** A message to each NAMED actor and each pool of the mesh that listens now. */
  private List<Effect> letters(Broadcast broadcast) {
    Map<ActorType, List<ChannelDefinition>> listening = new HashMap<>(cluster.channels());
    for (HostedType type : activations.types()) {
      ActorDefinition definition = type.definition();
      if (definition.kind() != Kind.UNNAMED && type.share != Share.NONE) {
        listening.put(definition.type(), definition.channels());
      }
    }
    List<Effect> letters = new ArrayList<>();
    listening.forEach(
        (type, channels) -> {
          for (ChannelDefinition channel : channels) {
            if (channel.topic().equals(broadcast.topic())) {
              letters.add(Effect.of(only(type), channel.receiver(broadcast), broadcast.payload()));
            }
          }
        });
    return letters;
  }

  // ---- pipe and forward ----

  /** The caller waits for the target from now on; this actor is free. */
  private void reroute(Call call, Route route, Decision decision) {
    Invocation cause = call.invocation;
    Once kept = decision.kept();
    boolean tookEffect =
        decision.next() != null
            || !decision.effects().isEmpty()
            || decision.broadcast() != null
            || kept != null; // now, or when it came before
    int maxHops = activations.settings.maxHops();
    if (cause.hops() >= maxHops) {
      Failure tooFar =
          Failure.notExecuted(
              FailureCode.TOO_MANY_HOPS,
              "%s ended in a chain of more than %d pipes and forwards".formatted(cause, maxHops));
      answer(call, failedAfter(cause, tookEffect, tooFar));
      return;
    }
    Payload payload =
        switch (route) {
          case Route.Pipe pipe -> decision.answer().orThrow();
          case Route.Forward forward -> cause.payload();
        };
    Invocation next =
        new Invocation(
            route.actor(),
            route.action(),
            payload,
            cause.mode(),
            call.deadline,
            cause.actor(),
            cause.chain(),
            cause.metadata(),
            cause.hops() + 1,
            kept == null ? null : kept.passedOn(cause.actor()));
    if (cause.mode() == Invocation.Mode.TELL) {
      deliver(next);
    } else {
      node.pass(next, false)
          .thenAccept(
              answer ->
                  call.complete(
                      answer instanceof Answer.Failed failed
                          ? failedAfter(cause, tookEffect, failed.failure())
                          : answer));
    }
  }

  /** "Not executed" is not true of a call whose first actor has changed already. */
  private static Answer failedAfter(Invocation first, boolean tookEffect, Failure failure) {
    return Answer.failed(
        tookEffect && failure.execution() == Execution.NOT_EXECUTED
            ? new Failure(
                failure.code(),
                "%s took effect, what it passed on did not: %s".formatted(first, failure.message()),
                Execution.UNKNOWN,
                failure.retryAfter())
            : failure);
  }
}
