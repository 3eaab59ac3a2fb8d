package org.spawnmesh.spring.autoconfigure;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.tracing.Span;
import io.micrometer.tracing.handler.TracingObservationHandler.TracingContext;
import io.micrometer.tracing.propagation.Propagator;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.Answer;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.runtime.CallTracer;
import org.spawnmesh.spring.observation.DefaultTurnConvention;
import org.spawnmesh.spring.observation.TurnContext;
import org.spawnmesh.spring.observation.TurnConvention;

/**
 * One observation for each turn, which is the current one while the action runs. It continues the
 * trace of its call, and what the turn causes continues its own. Only in an application that
 * traces: without a trace the time of an action is not worth what it costs to take it.
 */
final class TurnObservations implements CallTracer {

  private static final TurnConvention DEFAULT = new DefaultTurnConvention();

  private final ObservationRegistry registry;
  private final KnownDefinitions known;
  private final @Nullable TurnConvention convention;
  private final Propagator propagator;

  /**
   * @param convention null for the default
   */
  TurnObservations(
      ObservationRegistry registry,
      KnownDefinitions known,
      @Nullable TurnConvention convention,
      Propagator propagator) {
    this.registry = registry;
    this.known = known;
    this.convention = convention;
    this.propagator = propagator;
  }

  @Override
  public @Nullable Step turn(Invocation invocation) {
    TurnContext context = new TurnContext(invocation, known.of(invocation.actor().type()));
    context.setCarrier(invocation.metadata());
    Observation observation =
        Observation.createNotStarted(convention, DEFAULT, () -> context, registry);
    if (observation.isNoop()) {
      return null;
    }
    observation.start();
    return new Observed(
        goingOn(invocation, context), observation, context, observation.openScope());
  }

  private Invocation goingOn(Invocation invocation, TurnContext context) {
    TracingContext tracing = context.get(TracingContext.class);
    Span span = tracing == null ? null : tracing.getSpan();
    if (span == null) {
      return invocation;
    }
    Map<String, String> carrier = new HashMap<>(invocation.metadata());
    propagator.inject(span.context(), carrier, (same, key, value) -> carrier.put(key, value));
    return InvocationObservations.goingOn(invocation, carrier);
  }

  private record Observed(
      Invocation onward, Observation observation, TurnContext context, Observation.Scope scope)
      implements Step {

    @Override
    public void ended(Answer answer) {
      scope.close();
      InvocationObservations.stop(observation, context, answer);
    }
  }
}
