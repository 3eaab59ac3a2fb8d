package org.spawnmesh.proxy.registration;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.spawnmesh.proxy.acl.Policies;
import org.spawnmesh.proxy.config.ProxyProperties;
import org.spawnmesh.proxy.host.Hosts;
import org.spawnmesh.runtime.SpawnNode;
import org.spawnmesh.spring.autoconfigure.SpawnProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.util.StringUtils;

/** What the proxy knows about hosts and instances. */
@Configuration(proxyBeanMethods = false)
class RegistrationConfiguration {

  @Bean(destroyMethod = "shutdown")
  ExecutorService blockingWork() {
    return Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("spawn-proxy").factory());
  }

  @Bean
  HostedTypes hostedTypes() {
    return new HostedTypes();
  }

  @Bean
  ActorLookup directory(SpawnNode node, SpawnProperties properties, HostedTypes types) {
    String system = systemOf(properties);
    return new ActorLookup(system, types, new Instances(node, system));
  }

  @Bean
  Registrations registrations(
      SpawnNode node,
      Hosts hosts,
      HostedTypes types,
      SpawnProperties properties,
      ProxyProperties proxy,
      Policies policies,
      ExecutorService blockingWork) {
    DeclarationRules rules =
        new DeclarationRules(
            systemOf(properties),
            properties.getDurability() == SpawnProperties.Durability.SNAPSHOT,
            properties.getStatestore().getHistory());
    KnownHosts known = new KnownHosts(node, rules.system(), nameOf(proxy));
    return new Registrations(node, hosts, known, types, rules, policies, blockingWork);
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

  private static String nameOf(ProxyProperties proxy) {
    String name = proxy.getName();
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
