package org.spawnmesh.admin;

import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.util.ClassUtils;
import org.springframework.web.server.adapter.WebHttpHandlerBuilder;

/** The console, ready to answer, in an application context of its own. */
final class Console implements AutoCloseable {

  private static final String KUBERNETES = "io.fabric8.kubernetes.client.KubernetesClient";

  private final AnnotationConfigApplicationContext context;
  private final HttpHandler handler;

  Console(AdminProperties properties, Nodes nodes) {
    context = new AnnotationConfigApplicationContext();
    context.setDisplayName("Spawn console");
    context.registerBean(AdminProperties.class, () -> properties);
    context.registerBean(Nodes.class, () -> nodes);
    context.register(ConsoleConfiguration.class);
    if (properties.getKubernetes().isEnabled()) {
      if (!ClassUtils.isPresent(KUBERNETES, Console.class.getClassLoader())) {
        throw new IllegalStateException(
            "spawn.admin.kubernetes.enabled is true, but %s is not on the class path. Add io.fabric8:kubernetes-client and io.fabric8:kubernetes-httpclient-jdk."
                .formatted(KUBERNETES));
      }
      context.register(DeploymentsConfiguration.class);
    }
    context.refresh();
    handler = WebHttpHandlerBuilder.applicationContext(context).build();
  }

  HttpHandler handler() {
    return handler;
  }

  @Override
  public void close() {
    context.close();
  }
}
