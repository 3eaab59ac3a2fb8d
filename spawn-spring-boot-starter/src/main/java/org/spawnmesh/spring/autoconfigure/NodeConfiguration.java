package org.spawnmesh.spring.autoconfigure;

import java.time.InstantSource;
import org.spawnmesh.cluster.Cluster;
import org.spawnmesh.cluster.Standalone;
import org.spawnmesh.runtime.CallTracer;
import org.spawnmesh.runtime.NodeListener;
import org.spawnmesh.runtime.SpawnNode;
import org.spawnmesh.spring.ActorBeans;
import org.spawnmesh.store.StateStore;
import org.spawnmesh.time.Timers;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The node, its place in the mesh, and its life within the application's. */
@Configuration(proxyBeanMethods = false)
class NodeConfiguration {

  /** Without a mesh; see {@link MeshConfiguration}. */
  @Bean
  @ConditionalOnMissingBean
  Cluster spawnStandalone(SpawnProperties properties) {
    return new Standalone(
        MeshConfiguration.hostName() + ":" + ProcessHandle.current().pid(),
        properties.getJoinTimeout(),
        Door::open);
  }

  /** Turns run on virtual threads, whatever {@code spring.threads.virtual.enabled} says. */
  @Bean
  @ConditionalOnMissingBean
  SpawnNode spawnNode(
      StateStore store,
      Cluster cluster,
      SpawnProperties properties,
      ObjectProvider<NodeListener> listeners,
      ObjectProvider<CallTracer> tracers,
      ObjectProvider<Timers> timers,
      ObjectProvider<InstantSource> clock) {
    SpawnNode.Builder node =
        SpawnNode.builder(store)
            .cluster(cluster)
            .settings(NodeSettingsFactory.settings(properties, store))
            .listener(NodeListeners.of(listeners.orderedStream().toList()));
    CallTracer tracer = NodeTracers.of(tracers.orderedStream().toList());
    if (tracer != null) {
      node.tracer(tracer);
    }
    timers.ifUnique(node::timers);
    clock.ifUnique(node::clock);
    return node.build();
  }

  @Bean
  SpawnLifecycle spawnLifecycle(
      SpawnNode node, ActorBeans actors, ActorSystemName system, SpawnProperties properties) {
    return new SpawnLifecycle(node, actors, system, properties);
  }

  @Bean
  Resignation spawnResignation(SpawnNode node, SpawnProperties properties) {
    return new Resignation(node, properties.getDrainTimeout());
  }

  @Bean
  NodeReadiness spawnNodeReadiness(ApplicationContext context) {
    return new NodeReadiness(context);
  }
}
