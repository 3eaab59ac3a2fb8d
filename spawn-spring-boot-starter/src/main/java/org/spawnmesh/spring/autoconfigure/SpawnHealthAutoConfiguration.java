package org.spawnmesh.spring.autoconfigure;

import org.spawnmesh.runtime.SpawnNode;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;

/** {@link EnableAutoConfiguration Auto-configuration} for the node's health. */
@AutoConfiguration(after = SpawnAutoConfiguration.class)
@ConditionalOnClass({HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class})
@ConditionalOnBean(SpawnNode.class)
@ConditionalOnEnabledHealthIndicator("spawn")
public final class SpawnHealthAutoConfiguration {

  @Bean
  @ConditionalOnMissingBean(name = "spawnHealthIndicator")
  HealthIndicator spawnHealthIndicator(SpawnNode node) {
    return new NodeHealth(node);
  }
}
