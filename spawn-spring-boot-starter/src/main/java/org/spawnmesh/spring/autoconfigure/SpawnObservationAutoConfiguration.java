package org.spawnmesh.spring.autoconfigure;

import io.micrometer.observation.ObservationRegistry;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.propagation.Propagator;
import org.spawnmesh.spring.observation.InvocationConvention;
import org.spawnmesh.spring.observation.TurnConvention;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for an observation of each call and, if the
 * application traces, of each turn.
 */
@AutoConfiguration(
    before = SpawnAutoConfiguration.class,
    afterName = {
      "org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration",
      "org.springframework.boot.micrometer.tracing.autoconfigure.MicrometerTracingAutoConfiguration",
      "org.springframework.boot.micrometer.tracing.brave.autoconfigure.BraveAutoConfiguration",
      "org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration"
    })
@ConditionalOnClass(ObservationRegistry.class)
@ConditionalOnBean(ObservationRegistry.class)
public final class SpawnObservationAutoConfiguration {

  /** Before Spring Boot's own handlers of senders, which would take these for theirs. */
  private static final int BEFORE_SENDERS = 500;

  @Bean
  KnownDefinitions spawnKnownDefinitions() {
    return new KnownDefinitions();
  }

  /** Of applications that trace. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass({Tracer.class, Propagator.class})
  @ConditionalOnBean({Tracer.class, Propagator.class})
  static class Tracing {

    @Bean
    @Order(BEFORE_SENDERS)
    EntryTracing spawnEntryTracing(Tracer tracer, Propagator propagator) {
      return new EntryTracing(tracer, propagator);
    }

    @Bean
    @Order(0)
    InvocationObservations spawnInvocationObservations(
        ObservationRegistry registry,
        KnownDefinitions known,
        ObjectProvider<InvocationConvention> convention) {
      return new InvocationObservations(registry, known, convention.getIfAvailable(), true);
    }

    @Bean
    @Order(0)
    TurnObservations spawnTurnObservations(
        ObservationRegistry registry,
        KnownDefinitions known,
        ObjectProvider<TurnConvention> convention,
        Propagator propagator) {
      return new TurnObservations(registry, known, convention.getIfAvailable(), propagator);
    }
  }

  @Bean
  @Order(0)
  @ConditionalOnMissingBean
  InvocationObservations spawnInvocations(
      ObservationRegistry registry,
      KnownDefinitions known,
      ObjectProvider<InvocationConvention> convention) {
    return new InvocationObservations(registry, known, convention.getIfAvailable(), false);
  }
}
