package org.spawnmesh.admin;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What the page for deployments needs: a Kubernetes API. */
@Configuration(proxyBeanMethods = false)
class DeploymentsConfiguration {

  @Bean
  KubernetesApi spawnConsoleKubernetes(AdminProperties properties) {
    return KubernetesApi.of(properties.kubernetes());
  }

  @Bean
  DeploymentsApi spawnConsoleDeployments(
      KubernetesApi kubernetes, AdminProperties properties, Access access) {
    return new DeploymentsApi(
        new Deployments(kubernetes, properties.kubernetes().namespaces()), access);
  }
}
