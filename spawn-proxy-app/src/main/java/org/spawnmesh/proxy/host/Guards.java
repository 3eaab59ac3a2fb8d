package org.spawnmesh.proxy.host;

import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.bulkhead.BulkheadConfig;
import io.github.resilience4j.bulkhead.BulkheadRegistry;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.micrometer.tagged.TaggedBulkheadMetrics;
import io.github.resilience4j.micrometer.tagged.TaggedCircuitBreakerMetrics;
import io.github.resilience4j.micrometer.tagged.TaggedTimeLimiterMetrics;
import io.github.resilience4j.timelimiter.TimeLimiter;
import io.github.resilience4j.timelimiter.TimeLimiterConfig;
import io.github.resilience4j.timelimiter.TimeLimiterRegistry;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;

/** The guards of all hosts, by address, with their meters. Thread-safe. */
final class Guards {

  private final BulkheadRegistry bulkheads;
  private final CircuitBreakerRegistry breakers;
  private final TimeLimiterRegistry limiters;

  Guards(HostProperties properties, MeterRegistry meters) {
    bulkheads =
        BulkheadRegistry.of(
            BulkheadConfig.custom()
                .maxConcurrentCalls(properties.calls())
                .maxWaitDuration(Duration.ZERO)
                .build());
    HostProperties.Circuit circuit = properties.circuit();
    breakers =
        CircuitBreakerRegistry.of(
            CircuitBreakerConfig.custom()
                .failureRateThreshold(circuit.failureRate())
                .slidingWindowSize(circuit.window())
                .minimumNumberOfCalls(circuit.minimumCalls())
                .waitDurationInOpenState(circuit.pause())
                .permittedNumberOfCallsInHalfOpenState(circuit.trialCalls())
                .build());
    limiters =
        TimeLimiterRegistry.of(
            TimeLimiterConfig.custom().timeoutDuration(properties.timeout()).build());
    TaggedBulkheadMetrics.ofBulkheadRegistry(bulkheads).bindTo(meters);
    TaggedCircuitBreakerMetrics.ofCircuitBreakerRegistry(breakers).bindTo(meters);
    TaggedTimeLimiterMetrics.ofTimeLimiterRegistry(limiters).bindTo(meters);
  }

  /** Its meters go, too. */
  void forget(HostAddress address) {
    bulkheads.remove(address.toString());
    breakers.remove(address.toString());
    limiters.remove(address.toString());
  }

  Bulkhead bulkhead(HostAddress address) {
    return bulkheads.bulkhead(address.toString());
  }

  CircuitBreaker breaker(HostAddress address) {
    return breakers.circuitBreaker(address.toString());
  }

  TimeLimiter limiter(HostAddress address) {
    return limiters.timeLimiter(address.toString());
  }
}
