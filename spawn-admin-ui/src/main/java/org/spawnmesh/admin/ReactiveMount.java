package org.spawnmesh.admin;

import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.webflux.autoconfigure.WebHttpHandlerBuilderCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The console in a WebFlux application: before its handler, and so before its filters. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
class ReactiveMount {

  @Bean
  WebHttpHandlerBuilderCustomizer spawnConsoleMount(Console console, AdminProperties properties) {
    String path = properties.mount();
    return builder ->
        builder.httpHandlerDecorator(
            application -> new Mount(path, console.handler(), application));
  }
}
