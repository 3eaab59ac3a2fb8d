package org.spawnmesh.admin.shop;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;

/** The shop as one application with the console in it, and a page of its own. */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import({Cart.class, Stock.class, Mailer.class})
public class EmbeddedShop {

  public static void main(String[] args) {
    SpringApplication application = new SpringApplication(EmbeddedShop.class);
    application.setWebApplicationType(WebApplicationType.REACTIVE);
    application.run(args);
  }

  @Bean
  RouterFunction<ServerResponse> page() {
    return RouterFunctions.route()
        .GET("/hello", request -> ServerResponse.ok().bodyValue("hello"))
        .build();
  }
}
