package org.spawnmesh.spring.autoconfigure;

import io.micrometer.common.KeyValues;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.ActorDefinition;
import org.spawnmesh.actor.ActorType;
import org.spawnmesh.actor.Answer;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.actor.SpawnException;
import org.spawnmesh.runtime.NodeListener;

/**
 * One observation {@code spawn.invocation} for each call, from the door to the answer. Its keys are
 * of low cardinality: names that no actor here declares are {@code UNKNOWN}, and the actor's own
 * name is left out.
 */
final class InvocationObservations implements NodeListener {

  private static final String UNKNOWN = "UNKNOWN";

  private final ObservationRegistry registry;
  private final Map<ActorType, ActorDefinition> known = new ConcurrentHashMap<>();

  InvocationObservations(ObservationRegistry registry) {
    this.registry = registry;
  }

  @Override
  public void hosted(ActorDefinition definition) {
    known.put(definition.type(), definition);
  }

  @Override
  public @Nullable Consumer<Answer> invoked(Invocation invocation) {
    if (registry.isNoop()) {
      return null;
    }
    ActorDefinition definition = known.get(invocation.actor().type());
    boolean declared = definition != null && definition.action(invocation.action()) != null;
    Observation observation =
        Observation.createNotStarted("spawn.invocation", registry)
            .contextualName("spawn " + (declared ? invocation.action() : UNKNOWN))
            .lowCardinalityKeyValues(
                KeyValues.of(
                    "type", definition == null ? UNKNOWN : definition.type().name(),
                    "action", declared ? invocation.action() : UNKNOWN,
                    "mode", invocation.mode().name()))
            .start();
    return answer -> stop(observation, answer);
  }

  private static void stop(Observation observation, Answer answer) {
    if (answer instanceof Answer.Failed failed) {
      observation
          .lowCardinalityKeyValue("outcome", "FAILED")
          .lowCardinalityKeyValue("code", failed.failure().code().id())
          .error(new SpawnException(failed.failure()));
    } else {
      observation.lowCardinalityKeyValue("outcome", "OK").lowCardinalityKeyValue("code", "none");
    }
    observation.stop();
  }
}
