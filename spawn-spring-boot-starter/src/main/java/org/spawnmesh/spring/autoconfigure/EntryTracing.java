package org.spawnmesh.spring.autoconfigure;

import io.micrometer.observation.Observation;
import io.micrometer.tracing.Span;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.handler.PropagatingSenderTracingObservationHandler;
import io.micrometer.tracing.handler.TracingObservationHandler;
import io.micrometer.tracing.propagation.Propagator;
import java.util.Map;
import org.spawnmesh.spring.observation.InvocationContext;

/**
 * Makes the span of a call that enters the mesh. It continues what its thread does, as any sender
 * does; but a call may also be made for somebody who is elsewhere, by a proxy or on another thread
 * of an action, and then its metadata says whose trace it continues.
 */
final class EntryTracing implements TracingObservationHandler<InvocationContext> {

  private static final Propagator.Getter<Map<String, String>> GETTER = Map::get;

  private final Tracer tracer;
  private final PropagatingSenderTracingObservationHandler<InvocationContext> sender;

  EntryTracing(Tracer tracer, Propagator propagator) {
    this.tracer = tracer;
    // not a bean of its own type: Spring Boot's handler would step back for it
    this.sender =
        new PropagatingSenderTracingObservationHandler<>(tracer, propagator) {
          @Override
          public Span createSenderSpan(InvocationContext context) {
            Map<String, String> metadata = context.getInvocation().metadata();
            return metadata.isEmpty() || tracer.currentSpan() != null
                ? super.createSenderSpan(context)
                : propagator
                    .extract(metadata, GETTER)
                    .kind(Span.Kind.valueOf(context.getKind().name()))
                    .start();
          }
        };
  }

  @Override
  public void onStart(InvocationContext context) {
    sender.onStart(context);
  }

  @Override
  public void onError(InvocationContext context) {
    sender.onError(context);
  }

  @Override
  public void onStop(InvocationContext context) {
    sender.onStop(context);
  }

  @Override
  public Tracer getTracer() {
    return tracer;
  }

  @Override
  public boolean supportsContext(Observation.Context context) {
    return context instanceof InvocationContext;
  }
}
