package org.spawnmesh.proxy.acl;

import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.spawnmesh.proxy.config.ProxyProperties;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The policies of this proxy. */
@Configuration(proxyBeanMethods = false)
class AclConfiguration {

  private static final Logger log = LoggerFactory.getLogger(AclConfiguration.class);

  @Bean
  Policies policies(ProxyProperties properties) {
    String directory = properties.getPolicies();
    if (!directory.equals(ProxyProperties.DEFAULT_POLICIES)
        && !Files.isDirectory(Path.of(directory))) {
      throw new InvalidConfigurationPropertyValueException(
          "spawn.proxy.policies",
          directory,
          "There is no such directory, and without policies everybody may call everything.");
    }
    Policies policies = new PolicyDirectory(Path.of(directory)).read();
    if (!policies.all().isEmpty()) {
      log.info("{} policies from {} apply", policies.all().size(), policies.origin());
    }
    return policies;
  }
}
