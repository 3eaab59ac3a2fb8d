package org.spawnmesh.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.spawnmesh.admin.shop.ServletShop;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;

/** The console in an application on Spring MVC. */
class ServletShopTest {

  private ConfigurableApplicationContext shop;
  private Visitor visitor;

  private void start(String context, String mount, Map<String, Object> more) throws Exception {
    Map<String, Object> properties = new HashMap<>(more);
    properties.put("spring.application.name", "shop");
    properties.put("server.port", "0");
    properties.put("spawn.admin.users[0].name", "ada");
    properties.put("spawn.admin.users[0].password", "a b&c=ü");
    properties.put("spawn.admin.users[0].roles", "ADMIN");
    shop =
        new SpringApplicationBuilder(ServletShop.class)
            .web(WebApplicationType.SERVLET)
            .properties(properties)
            .run();
    int port = ((ServletWebServerApplicationContext) shop).getWebServer().getPort();
    visitor = new Visitor("http://127.0.0.1:" + port + context, mount);
  }

  @AfterEach
  void stop() {
    if (visitor != null) {
      visitor.close();
    }
    if (shop != null) {
      shop.close();
    }
  }

  private JsonNode add(int quantity) throws Exception {
    return visitor.post(
        "actor",
        """
        {"system":"shop","type":"Cart","name":"ada","operation":"invoke","action":"add",
         "payload":{"product":"tea","quantity":%d,"gift":false}}
        """
            .formatted(quantity));
  }

  @Test
  void theConsoleIsClosedAndTheApplicationIsAsOpenAsBefore() throws Exception {
    start("", "/console", Map.of());
    assertThat(visitor.outside("/hello").body()).isEqualTo("hello");
    assertThat(visitor.outside("/consolers").statusCode()).isEqualTo(403);
    assertThat(visitor.get("").headers().firstValue("Location")).contains("/console/");
    assertThat(visitor.get("/mesh").headers().firstValue("Location")).contains("/console/login");
    assertThat(visitor.get("/api/overview").statusCode()).isEqualTo(401);
    assertThat(visitor.get("/login").headers().firstValue("Content-Security-Policy"))
        .contains(ConsoleConfiguration.CONTENT_SECURITY_POLICY);
    assertThat(visitor.get("/assets/mark.svg").statusCode()).isEqualTo(200);
    assertThat(visitor.logIn("ada", "guess")).isEqualTo("/console/login?error");
  }

  @Test
  void anActorIsInvokedWhileSomebodyWatches() throws Exception {
    start("", "/console", Map.of());
    visitor.enter("ada", "a b&c=ü");
    assertThat(visitor.get("/").body()).contains("<html");
    JsonNode nodes = visitor.ask("overview").at("/systems/0/nodes");
    assertThat(nodes).hasSize(1);
    assertThat(nodes.at("/0/alive").asBoolean()).isTrue();

    Iterator<String> live = visitor.live().body().iterator();
    boolean seen = false;
    for (int quantity = 1; !seen; quantity++) {
      assertThat(add(quantity).get("ok").asBoolean()).isTrue();
      String line = live.next();
      seen = line.startsWith("data:") && line.contains("\"type\":\"Cart\"");
    }
    assertThat(add(-1).at("/failure/code").asString()).isEqualTo("SP3001");
    assertThat(visitor.get("/api/nothing").statusCode()).isEqualTo(404);
  }

  @Test
  void itIsBelowTheContextPathAndBesideTheServletOfTheApplication() throws Exception {
    start(
        "/shop",
        "/ops/console",
        Map.of(
            "server.servlet.context-path", "/shop",
            "spring.mvc.servlet.path", "/mvc",
            "spawn.admin.path", "/ops/console/"));
    assertThat(visitor.outside("/mvc/hello").body()).isEqualTo("hello");
    assertThat(visitor.get("").headers().firstValue("Location")).contains("/shop/ops/console/");
    assertThat(visitor.get("/login").body()).contains("href=\"/shop/ops/console/assets/login.css");
    visitor.enter("ada", "a b&c=ü");
    assertThat(visitor.ask("overview").at("/systems/0/name").asString()).isEqualTo("shop");
  }
}
