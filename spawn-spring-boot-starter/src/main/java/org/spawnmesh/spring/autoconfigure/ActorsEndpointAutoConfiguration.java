package org.spawnmesh.spring.autoconfigure;

import org.spawnmesh.cluster.Cluster;
import org.spawnmesh.runtime.SpawnNode;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for {@code /actuator/actors} and, in a mesh,
 * {@code /actuator/mesh}.
 */
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

  @Bean
  @Conditional(MeshConfiguration.OnMesh.class)
  @ConditionalOnMissingBean
  @ConditionalOnAvailableEndpoint(MeshEndpoint.class)
  MeshEndpoint spawnMeshEndpoint(Cluster cluster, ActorSystemName system) {
    return new MeshEndpoint(cluster, system.value());
  }
}
