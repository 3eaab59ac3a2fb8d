package org.spawnmesh.spring.observation;

import io.micrometer.common.KeyValue;
import io.micrometer.common.KeyValues;
import org.spawnmesh.actor.ActorDefinition;
import org.spawnmesh.actor.Answer;

/** The keys of calls. Names that no actor here declares may be any: they are {@code UNKNOWN}. */
final class CallKeys {

  private static final String UNKNOWN = "UNKNOWN";
  private static final KeyValues OK =
      KeyValues.of(KeyValue.of("outcome", "OK"), KeyValue.of("code", "none"));

  private CallKeys() {}

  private static String type(ObservedCall call) {
    ActorDefinition definition = call.getDefinition();
    return definition == null ? UNKNOWN : definition.type().name();
  }

  private static String action(ObservedCall call) {
    ActorDefinition definition = call.getDefinition();
    String action = call.getInvocation().action();
    return definition == null || definition.action(action) == null ? UNKNOWN : action;
  }

  static String name(ObservedCall call) {
    return type(call) + "." + action(call);
  }

  static KeyValues low(ObservedCall call) {
    KeyValues keys =
        KeyValues.of(
            KeyValue.of("type", type(call)),
            KeyValue.of("action", action(call)),
            KeyValue.of("mode", call.getInvocation().mode().name()));
    return switch (call.getAnswer()) {
      case null -> keys;
      case Answer.Ok ok -> keys.and(OK);
      case Answer.Failed failed ->
          keys.and(
              KeyValue.of("outcome", "FAILED"), KeyValue.of("code", failed.failure().code().id()));
    };
  }

  /** Once, at the end: it is asked for at the begin, too, and few want it. */
  static KeyValues high(ObservedCall call) {
    return call.getAnswer() == null
        ? KeyValues.empty()
        : KeyValues.of(KeyValue.of("actor", call.getInvocation().actor().shortName()));
  }
}
