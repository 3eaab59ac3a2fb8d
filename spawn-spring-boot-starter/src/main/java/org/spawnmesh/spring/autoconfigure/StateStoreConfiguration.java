package org.spawnmesh.spring.autoconfigure;

import org.spawnmesh.store.InMemoryStateStore;
import org.spawnmesh.store.StateStore;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Chooses where state lives. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnMissingBean(StateStore.class)
class StateStoreConfiguration {

  @Bean
  StateStore stateStore() {
    return new InMemoryStateStore();
  }
}
