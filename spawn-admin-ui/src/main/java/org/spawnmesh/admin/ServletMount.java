package org.spawnmesh.admin;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import java.util.EnumSet;
import java.util.Objects;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.http.server.reactive.ServletHttpHandlerAdapter;

/**
 * The console in an application on the servlet API, such as Spring MVC: a servlet of its own, and a
 * filter that leads to it before the application's filters see a request.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
class ServletMount {

  private static final String NAME = "spawnConsole";

  @Bean
  ServletRegistrationBean<ServletHttpHandlerAdapter> spawnConsoleServlet(
      Console console, AdminProperties properties) {
    // to the console, the servlet's path is a part of the context's: it is mounted at the rest
    Mount mount = new Mount("", console.handler(), console.handler());
    ServletRegistrationBean<ServletHttpHandlerAdapter> servlet =
        new ServletRegistrationBean<>(
            new ServletHttpHandlerAdapter(mount), properties.mount() + "/*");
    servlet.setName(NAME);
    servlet.setLoadOnStartup(1); // the container would prepare it at a call that it never sees
    return servlet;
  }

  @Bean
  FilterRegistrationBean<Filter> spawnConsoleFirst(
      ServletRegistrationBean<ServletHttpHandlerAdapter> spawnConsoleServlet,
      AdminProperties properties) {
    ServletHttpHandlerAdapter servlet = Objects.requireNonNull(spawnConsoleServlet.getServlet());
    FilterRegistrationBean<Filter> filter =
        new FilterRegistrationBean<>(
            (request, response, application) -> servlet.service(request, response));
    filter.setName(NAME + "First");
    filter.setOrder(Ordered.HIGHEST_PRECEDENCE);
    filter.setDispatcherTypes(EnumSet.of(DispatcherType.REQUEST, DispatcherType.ASYNC));
    filter.addUrlPatterns(properties.mount() + "/*");
    return filter;
  }
}
