package org.spawnmesh.spring.autoconfigure;

import org.spawnmesh.runtime.SpawnNode;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/** {@link EnableAutoConfiguration Auto-configuration} for {@code /actuator/actors}. */
@AutoConfiguration(after = SpawnAutoConfiguration.class)
@ConditionalOnClass({Endpoint.class, ConditionalOnAvailableEndpoint.class})
@ConditionalOnBean(SpawnNode.class)
public final class ActorsEndpointAutoConfiguration {

  @Bean
  @ConditionalOnMissingBean
  @ConditionalOnAvailableEndpoint(ActorsEndpoint.class)
  ActorsEndpoint spawnActorsEndpoint(
      SpawnNode node, ActorSystemName system, SpawnProperties properties) {
    return new ActorsEndpoint(node, system.value(), properties.getDrainTimeout());
  }
}
