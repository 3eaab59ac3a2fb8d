package org.spawnmesh.proxy.acl;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class AclConfiguration {

  @Bean
  Policies policies() {
    return Policies.NONE;
  }
}
