package org.spawnmesh.proxy.registration;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.ActorDefinition;
import org.spawnmesh.actor.Failure;
import org.spawnmesh.actor.FailureCode;
import org.spawnmesh.actor.SpawnException;
import org.spawnmesh.protocol.RegistrationRequest;
import org.spawnmesh.protocol.actors.Actor;

/** Reads the actor definitions of a registration. Pure; all of them are good, or none is taken. */
final class Declarations {

  private Declarations() {}

  /**
   * @throws SpawnException with {@link FailureCode#INVALID_DECLARATION} or {@link
   *     FailureCode#REQUEST_INVALID}, naming the actor that is wrong
   */
  static List<ActorDefinition> of(RegistrationRequest request, DeclarationRules rules) {
    Systems.require(rules.system(), request.getActorSystem().getName());
    Map<String, ActorDefinition> byType = new LinkedHashMap<>();
    request
        .getActorSystem()
        .getRegistry()
        .getActorsMap()
        .forEach(
            (key, actor) -> {
              ActorDefinition definition = definition(key, actor, rules);
              if (byType.put(definition.type().name(), definition) != null) {
                throw invalid(definition.type().name(), "is registered twice in one request", null);
              }
            });
    if (byType.isEmpty()) {
      throw new SpawnException(
          Failure.notExecuted(
              FailureCode.REQUEST_INVALID, "The registration has no actors in its registry"));
    }
    return new ArrayList<>(byType.values());
  }

  private static ActorDefinition definition(String key, Actor actor, DeclarationRules rules) {
    String own = actor.getId().getName();
    String name = own.isEmpty() ? key : own;
    Reserved.refuse("actor", name);
    try {
      return new Declaration(name, actor, rules).definition();
    } catch (IllegalArgumentException e) {
      throw invalid(name, "cannot be registered: " + e.getMessage(), e);
    }
  }

  static SpawnException invalid(String name, String why, @Nullable Throwable cause) {
    String shown = name.length() <= 64 ? name : name.substring(0, 64) + "…";
    return new SpawnException(
        Failure.notExecuted(
            FailureCode.INVALID_DECLARATION, "The actor '%s' %s".formatted(shown, why)),
        cause);
  }
}
