package org.spawnmesh.admin;

import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.web.server.adapter.WebHttpHandlerBuilder;

/** The console, ready to answer, in an application context of its own. */
final class Console implements AutoCloseable {

  private final AnnotationConfigApplicationContext context;
  private final HttpHandler handler;

  Console(AdminProperties properties, Users users, Nodes nodes) {
    context = new AnnotationConfigApplicationContext();
    context.setDisplayName("Spawn console");
    context.registerBean(AdminProperties.class, () -> properties);
    context.registerBean(Users.class, () -> users);
    context.registerBean(Nodes.class, () -> nodes);
    context.register(ConsoleConfiguration.class);
    if (properties.kubernetes().enabled()) {
      Library.KUBERNETES.require("spawn.admin.kubernetes.enabled");
      context.register(DeploymentsConfiguration.class);
    }
    context.refresh();
    handler = WebHttpHandlerBuilder.applicationContext(context).build();
  }

  /** For tests. */
  <T> T bean(Class<T> type) {
    return context.getBean(type);
  }

  HttpHandler handler() {
    return handler;
  }

  @Override
  public void close() {
    context.close();
  }
}
