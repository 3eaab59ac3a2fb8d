package org.spawnmesh.proxy.host;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.Broadcast;
import org.spawnmesh.actor.Effect;
import org.spawnmesh.actor.Failure;
import org.spawnmesh.actor.FailureCode;
import org.spawnmesh.actor.Route;
import org.spawnmesh.actor.SpawnException;
import org.spawnmesh.host.ActionFailedException;
import org.spawnmesh.host.HostCall;
import org.spawnmesh.host.HostReply;
import org.spawnmesh.protocol.Forward;
import org.spawnmesh.protocol.InvocationRequest;
import org.spawnmesh.protocol.Pipe;
import org.spawnmesh.protocol.SideEffect;
import org.spawnmesh.protocol.Workflow;
import org.spawnmesh.proxy.acl.Policies;
import org.spawnmesh.proxy.registration.Directory;
import org.spawnmesh.proxy.wire.DueTime;
import org.spawnmesh.proxy.wire.Printable;
import org.spawnmesh.proxy.wire.Wire;

/** What a reply asks to be sent, in the engine's words. Thread-safe. */
final class Workflows {

  private final Directory directory;
  private final InstantSource clock;
  private final Policies policies;

  Workflows(Directory directory, InstantSource clock, Policies policies) {
    this.directory = directory;
    this.clock = clock;
    this.policies = policies;
  }

  /**
   * @throws ActionFailedException if it cannot be known what shall be sent to whom
   */
  HostReply apply(HostCall call, HostAddress host, Workflow workflow, HostReply reply) {
    try {
      HostReply result = reply;
      if (workflow.getEffectsCount() > 0) {
        result = result.withEffects(effects(call, workflow.getEffectsList()));
      }
      Broadcast broadcast = workflow.hasBroadcast() ? broadcast(workflow.getBroadcast()) : null;
      if (broadcast != null) {
        result = result.withBroadcast(broadcast);
      }
      Route route = route(call, workflow);
      return route == null ? result : result.withRoute(route);
    } catch (IllegalArgumentException e) {
      throw new ActionFailedException(
          Failure.executed(
              FailureCode.REPLY_INVALID,
              "The host at %s answered %s with a workflow that cannot be followed: %s"
                  .formatted(
                      host, call.invocation(), Printable.of(String.valueOf(e.getMessage())))),
          e);
    }
  }

  private List<Effect> effects(HostCall call, List<SideEffect> sent) {
    List<Effect> effects = new ArrayList<>(sent.size());
    for (SideEffect effect : sent) {
      effects.add(effect(call, effect.getRequest()));
    }
    return effects;
  }

  /** In an effect's own metadata: sent and forgotten if it is false. */
  private static final String DURABLE = "durable";

  private static final String FALSE = "false";

  private Effect effect(HostCall call, InvocationRequest request) {
    var id = request.getActor().getId();
    String system = id.getSystem().isEmpty() ? request.getSystem().getName() : id.getSystem();
    String ref = request.getRegisterRef().isEmpty() ? id.getParent() : request.getRegisterRef();
    return new Effect(
        target(call, system, id.getName(), ref, action(request.getActionName())),
        request.getActionName(),
        Wire.payload(request),
        request.getMetadataMap(),
        DueTime.delay(request.getScheduledTo(), clock.instant()),
        !FALSE.equals(request.getMetadataMap().get(DURABLE)));
  }

  /** It stands in messages and logs. */
  private static String action(String name) {
    return Printable.require("action", name);
  }

  /** One SDK puts the topic where others once put the action; a topic there must be. */
  private static @Nullable Broadcast broadcast(org.spawnmesh.protocol.Broadcast sent) {
    String topic = sent.getChannelGroup();
    String action = sent.getActionName();
    if (topic.isEmpty()) {
      topic = action;
      action = "";
    }
    return topic.isEmpty() ? null : new Broadcast(topic, action(action), Wire.payload(sent));
  }

  private @Nullable Route route(HostCall call, Workflow workflow) {
    return switch (workflow.getRoutingCase()) {
      case PIPE -> {
        Pipe pipe = workflow.getPipe();
        yield new Route.Pipe(
            target(call, "", pipe.getActor(), pipe.getRegisterRef(), action(pipe.getActionName())),
            pipe.getActionName());
      }
      case FORWARD -> {
        Forward forward = workflow.getForward();
        yield new Route.Forward(
            target(
                call,
                "",
                forward.getActor(),
                forward.getRegisterRef(),
                action(forward.getActionName())),
            forward.getActionName());
      }
      case ROUTING_NOT_SET -> null;
    };
  }

  /**
   * An actor nobody knows is taken for a NAMED one: the engine then refuses the message as it does
   * for every host, and the state of the actor that sent it stays changed.
   */
  private ActorId target(
      HostCall call, String system, String name, String registerRef, String action) {
    String in = system.isEmpty() ? call.actor().system() : system;
    if (!registerRef.isEmpty() && !policies.allows(call.actor(), action)) {
      // refused when it arrives; nobody is made an instance for it
      return ActorId.of(in, registerRef, name);
    }
    try {
      return directory.resolve(in, name, registerRef);
    } catch (SpawnException e) {
      if (e.code() == FailureCode.UNKNOWN_ACTOR || e.code() == FailureCode.UNKNOWN_TYPE) {
        return ActorId.of(in, name, name);
      }
      throw new ActionFailedException(
          Failure.executed(
              e.code(),
              "%s sent a message to %s, and it is not known who that is: %s"
                  .formatted(
                      call.invocation(), Printable.of(name), Printable.of(e.failure().message()))),
          e);
    }
  }
}
