package org.spawnmesh.proxy.acl;

import java.nio.file.Files;
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
    Path path = Path.of(properties.getPolicies());
    if (!Files.isDirectory(path) && !path.equals(Path.of(new ProxyProperties().getPolicies()))) {
      // who names a directory wants what is in it; without it, everything would be allowed
      throw new InvalidPolicyException(path + "/*.policy", 0, "there is no such directory");
    }
    Policies policies = new PolicyDirectory(path).read();
    if (!policies.all().isEmpty()) {
      log.info("{} policies from {} apply", policies.all().size(), policies.origin());
    }
    return policies;
  }
}
