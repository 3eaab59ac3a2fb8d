package org.spawnmesh.proxy.config;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.ConfigurableEnvironment;

/** What must be said before the proxy starts. */
@Configuration(proxyBeanMethods = false)
class ProxyConfiguration {

  @Bean
  static KeyRequirement keyRequirement(ConfigurableEnvironment environment) {
    return new KeyRequirement(environment);
  }
}
