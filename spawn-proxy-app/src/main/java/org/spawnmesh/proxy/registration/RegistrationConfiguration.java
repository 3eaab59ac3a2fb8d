package org.spawnmesh.proxy.registration;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.spawnmesh.cluster.Cluster;
import org.spawnmesh.proxy.acl.Policies;
import org.spawnmesh.proxy.config.ProxyProperties;
import org.spawnmesh.proxy.host.Hosts;
import org.spawnmesh.runtime.SpawnNode;
import org.spawnmesh.spring.autoconfigure.SpawnClusterProperties;
import org.spawnmesh.spring.autoconfigure.SpawnProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.util.StringUtils;

/** What the proxy knows about hosts and instances. */
@Configuration(proxyBeanMethods = false)
class RegistrationConfiguration {

  /** In a mesh, a name that was led elsewhere is found there after this time at the latest. */
  private static final Duration FRESH = Duration.ofSeconds(10);

  @Bean(destroyMethod = "shutdown")
  ExecutorService blockingWork() {
    return Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("spawn-proxy").factory());
  }

  @Bean
  HostedTypes hostedTypes(SpawnProperties properties, Cluster cluster) {
    return new HostedTypes(systemOf(properties), cluster);
  }

  @Bean
  ActorLookup directory(
      SpawnNode node,
      SpawnProperties properties,
      SpawnClusterProperties cluster,
      HostedTypes types) {
    String system = systemOf(properties);
    Duration fresh = isAlone(cluster) ? null : FRESH;
    return new ActorLookup(system, types, new Instances(node, system, fresh));
  }

  @Bean
  ServedTypes served(SpawnNode node, Cluster cluster, Hosts hosts, ExecutorService blockingWork) {
    return new ServedTypes(node, cluster, hosts, blockingWork);
  }

  @Bean
  Registrations registrations(
      SpawnNode node,
      Hosts hosts,
      ServedTypes served,
      HostedTypes types,
      SpawnProperties properties,
      SpawnClusterProperties cluster,
      ProxyProperties proxy,
      Policies policies,
      ExecutorService blockingWork) {
    DeclarationRules rules =
        new DeclarationRules(
            systemOf(properties),
            properties.getDurability() == SpawnProperties.Durability.SNAPSHOT,
            properties.getStatestore().getHistory());
    KnownHosts known = new KnownHosts(node, rules.system(), nameOf(proxy, cluster));
    return new Registrations(node, hosts, served, known, types, rules, policies, blockingWork);
  }

  @Bean
  RestoreOnStart restoreOnStart(Registrations registrations) {
    return new RestoreOnStart(registrations);
  }

  @Bean
  Revisions revisions(SpawnNode node, Policies policies) {
    return new Revisions(node, policies);
  }

  /** The same as the node's, whose store keeps no other. */
  private static String systemOf(SpawnProperties properties) {
    String system = properties.getSystem();
    return system == null ? "spawn-system" : system;
  }

  private static boolean isAlone(SpawnClusterProperties cluster) {
    return cluster.getType() == SpawnClusterProperties.Type.STANDALONE;
  }

  /** An application's name is that of many proxies in a mesh, and their hosts are not the same. */
  private static String nameOf(ProxyProperties proxy, SpawnClusterProperties cluster) {
    String name = isAlone(cluster) ? proxy.getName() : cluster.getNode();
    if (StringUtils.hasText(name)) {
      return name;
    }
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "localhost";
    }
  }
}
