package org.spawnmesh.admin.shop;

import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** The shop on Spring MVC, with the console in it, a page of its own, and a strict doorkeeper. */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import({Cart.class, Stock.class, Mailer.class, ServletShop.Page.class})
public class ServletShop {

  @RestController
  static class Page {

    @GetMapping("/hello")
    String hello() {
      return "hello";
    }
  }

  /** Whoever wants anything but to be greeted is refused, as by a security of the application. */
  @Bean
  Filter doorkeeper() {
    return (request, response, chain) -> {
      if (((HttpServletRequest) request).getRequestURI().endsWith("/hello")) {
        chain.doFilter(request, response);
      } else {
        ((HttpServletResponse) response).sendError(HttpServletResponse.SC_FORBIDDEN);
      }
    };
  }
}
