package org.spawnmesh.spring.test;

import org.spawnmesh.spring.autoconfigure.SpawnAutoConfiguration;
import org.spawnmesh.store.InMemoryStateStore;
import org.spawnmesh.store.StateStore;
import org.spawnmesh.test.VirtualTimers;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/** What an {@link ActorTest} has instead of a database and a clock. */
@AutoConfiguration(before = SpawnAutoConfiguration.class)
public final class ActorTestAutoConfiguration {

  @Bean
  @ConditionalOnMissingBean
  VirtualTimers virtualTimers() {
    return new VirtualTimers();
  }

  @Bean
  @ConditionalOnMissingBean
  StateStore inMemoryStateStore() {
    return new InMemoryStateStore();
  }
}
