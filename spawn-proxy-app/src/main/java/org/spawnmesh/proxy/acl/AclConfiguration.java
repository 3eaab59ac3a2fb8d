package org.spawnmesh.proxy.acl;

import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.spawnmesh.proxy.config.ProxyProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The policies of this proxy. */
@Configuration(proxyBeanMethods = false)
class AclConfiguration {

  private static final Logger log = LoggerFactory.getLogger(AclConfiguration.class);

  @Bean
  Policies policies(ProxyProperties properties) {
    Policies policies = new PolicyDirectory(Path.of(properties.getPolicies())).read();
    if (!policies.all().isEmpty()) {
      log.info("{} policies from {} apply", policies.all().size(), policies.origin());
    }
    return policies;
  }
}
