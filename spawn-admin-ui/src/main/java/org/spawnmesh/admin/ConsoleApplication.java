package org.spawnmesh.admin;

import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;

/** The console as a program of its own, for one system or many: {@code --spawn.admin.nodes=…}. */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
public class ConsoleApplication {

  @Bean
  FirstVisit spawnConsoleFirstVisit(AdminProperties properties) {
    return new FirstVisit(properties.mount());
  }

  public static void main(String[] args) {
    SpringApplication application = new SpringApplication(ConsoleApplication.class);
    application.setDefaultProperties(
        Map.of(
            "spring.application.name", "spawn-console",
            "server.port", "9090",
            "server.compression.enabled", "true",
            "spawn.admin.path", "/"));
    application.run(args);
  }
}
