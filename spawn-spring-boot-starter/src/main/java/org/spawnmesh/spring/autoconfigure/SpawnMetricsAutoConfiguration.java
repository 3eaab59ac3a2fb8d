package org.spawnmesh.spring.autoconfigure;

import io.micrometer.core.instrument.MeterRegistry;
import org.spawnmesh.runtime.SpawnNode;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/** {@link EnableAutoConfiguration Auto-configuration} for the node's meters. */
@AutoConfiguration(
    before = SpawnAutoConfiguration.class,
    afterName = {
      "org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration",
      "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration",
      "org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration"
    })
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBean(MeterRegistry.class)
public final class SpawnMetricsAutoConfiguration {

  @Bean
  @ConditionalOnMissingBean
  NodeMeters spawnNodeMeters(MeterRegistry registry, ObjectProvider<SpawnNode> node) {
    return new NodeMeters(registry, node);
  }
}
