package org.spawnmesh.spring.autoconfigure;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.Answer;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.actor.SpawnException;
import org.spawnmesh.actor.TraceParent;
import org.spawnmesh.runtime.CallTracer;
import org.spawnmesh.spring.observation.DefaultInvocationConvention;
import org.spawnmesh.spring.observation.InvocationContext;
import org.spawnmesh.spring.observation.InvocationConvention;
import org.spawnmesh.spring.observation.ObservedCall;

/**
 * One observation for each call that enters the mesh at this node, from there to the answer. Its
 * trace, if there is one, goes on with the call.
 */
final class InvocationObservations implements CallTracer {

  private static final InvocationConvention DEFAULT = new DefaultInvocationConvention();

  private final ObservationRegistry registry;
  private final KnownDefinitions known;
  private final @Nullable InvocationConvention convention;
  private final boolean traces;

  /**
   * @param convention null for the default
   * @param traces whether anybody writes into what goes on
   */
  InvocationObservations(
      ObservationRegistry registry,
      KnownDefinitions known,
      @Nullable InvocationConvention convention,
      boolean traces) {
    this.registry = registry;
    this.known = known;
    this.convention = convention;
    this.traces = traces;
  }

  @Override
  public @Nullable Step called(Invocation invocation) {
    if (registry.isNoop()) {
      return null;
    }
    InvocationContext context =
        new InvocationContext(invocation, known.of(invocation.actor().type()));
    Map<String, String> carrier = traces ? new HashMap<>(invocation.metadata()) : Map.of();
    if (traces) {
      context.setCarrier(carrier);
    }
    Observation observation =
        Observation.createNotStarted(convention, DEFAULT, () -> context, registry);
    if (observation.isNoop()) {
      return null;
    }
    observation.start();
    return new Observed(traces ? goingOn(invocation, carrier) : invocation, observation, context);
  }

  /** What vendors add to a trace belongs to that trace alone. */
  static Invocation goingOn(Invocation invocation, Map<String, String> carrier) {
    Map<String, String> before = invocation.metadata();
    String state = carrier.get(TraceParent.STATE_KEY);
    if (state != null
        && state.equals(before.get(TraceParent.STATE_KEY))
        && isOther(TraceParent.of(before), TraceParent.of(carrier))) {
      carrier.remove(TraceParent.STATE_KEY);
    }
    return carrier.equals(before) ? invocation : invocation.withMetadata(carrier);
  }

  private static boolean isOther(@Nullable TraceParent before, @Nullable TraceParent after) {
    return after != null && (before == null || !before.traceId().equals(after.traceId()));
  }

  static void stop(Observation observation, ObservedCall call, Answer answer) {
    call.setAnswer(answer);
    if (answer instanceof Answer.Failed failed) {
      observation.error(new SpawnException(failed.failure()));
    }
    observation.stop();
  }

  private record Observed(Invocation onward, Observation observation, InvocationContext context)
      implements Step {

    @Override
    public void ended(Answer answer) {
      stop(observation, context, answer);
    }
  }
}
