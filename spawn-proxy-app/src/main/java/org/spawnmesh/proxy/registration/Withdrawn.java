package org.spawnmesh.proxy.registration;

import java.util.List;
import org.spawnmesh.actor.ActorDefinition;
import org.spawnmesh.actor.Failure;
import org.spawnmesh.actor.FailureCode;
import org.spawnmesh.actor.Kind;
import org.spawnmesh.actor.Payload;
import org.spawnmesh.host.ActionFailedException;
import org.spawnmesh.host.ActorHost;
import org.spawnmesh.host.HostCall;
import org.spawnmesh.host.HostReply;
import org.spawnmesh.proxy.host.HostAddress;

/**
 * In the place of a host that has registered again without the type: refuses calls, until somebody
 * registers it. Thread-safe.
 */
record Withdrawn(ActorDefinition before, HostAddress host) implements ActorHost {

  /**
   * The same without what happens by itself. What an actor begins with stays: one that wakes in
   * between must not begin otherwise than before.
   */
  static ActorDefinition definition(ActorDefinition before) {
    return ActorDefinition.of(
        before.type(),
        before.kind(),
        parts -> {
          parts
              .stateful(before.stateful())
              .initAction(before.initAction())
              .timers(List.of())
              .channels(List.of())
              .initialState(before.initialState())
              .initialTags(before.initialTags())
              .idleTimeout(before.idleTimeout())
              .durability(before.durability())
              .history(before.history());
          before.actions().values().forEach(parts::action);
          if (before.kind() == Kind.POOLED) {
            parts.pool(before.minPool(), before.maxPool());
          }
        });
  }

  @Override
  public HostReply call(HostCall call) {
    if (isTick(call)) {
      return HostReply.of(Payload.NONE); // of an activation that is older
    }
    throw new ActionFailedException(
        Failure.notExecuted(
            FailureCode.UNKNOWN_TYPE,
            "%s cannot run: the host at %s has registered again without %s"
                .formatted(call.invocation(), host, before.type().name())));
  }

  private boolean isTick(HostCall call) {
    return call.payload().isNone()
        && call.actor().equals(call.caller())
        && !call.action().equals(before.initAction())
        && before.timers().stream().anyMatch(timer -> timer.action().equals(call.action()));
  }
}
