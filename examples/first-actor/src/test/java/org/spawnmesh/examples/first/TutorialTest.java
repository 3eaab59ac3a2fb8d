package org.spawnmesh.examples.first;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.spawnmesh.spring.Actors;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.WebTestClient;

/** What the reader of the tutorial, and of the README, does and sees. */
@ExtendWith(OutputCaptureExtension.class)
class TutorialTest {

  @TempDir Path data;

  @Test
  void withoutADatabaseACartIsKeptUntilTheEnd(CapturedOutput output) {
    try (var application = start()) {
      assertThat(output).contains("kept in memory and forgotten");
      assertThat(add(application, "tea", 2)).isEqualTo("{\"quantities\":{\"tea\":2}}");
      assertThat(add(application, "tea", 1)).isEqualTo("{\"quantities\":{\"tea\":3}}");
    }
    try (var application = start()) {
      assertThat(add(application, "tea", 1)).isEqualTo("{\"quantities\":{\"tea\":1}}");
    }
  }

  @Test
  void withAFileItIsThereAfterARestart() {
    String url = "--spawn.statestore.url=jdbc:sqlite:" + data.resolve("carts.db");
    try (var application = start(url)) {
      add(application, "tea", 2);
    }
    try (var application = start(url)) {
      assertThat(add(application, "tea", 1)).isEqualTo("{\"quantities\":{\"tea\":3}}");
    }
  }

  @Test
  void theReadmesCall() {
    try (var application = start()) {
      Actors actors = application.getBean(Actors.class);
      // tag::ask[]
      Cart.Items items =
          actors.ref("Cart", "alice").ask("add", new Cart.AddItem("tea", 2), Cart.Items.class);
      // end::ask[]
      assertThat(items).isNotNull();
      assertThat(items.quantities()).containsEntry("tea", 2);
    }
  }

  private static ConfigurableApplicationContext start(String... arguments) {
    String[] all = new String[arguments.length + 1];
    all[0] = "--server.port=0";
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    return SpringApplication.run(FirstApplication.class, all);
  }

  private static String add(
      ConfigurableApplicationContext application, String product, int quantity) {
    int port = ((WebServerApplicationContext) application).getWebServer().getPort();
    byte[] body =
        WebTestClient.bindToServer()
            .baseUrl("http://localhost:" + port)
            .build()
            .post()
            .uri("/carts/alice/items")
            .contentType(MediaType.APPLICATION_JSON)
            .bodyValue("{\"product\":\"%s\",\"quantity\":%d}".formatted(product, quantity))
            .exchange()
            .expectStatus()
            .isOk()
            .expectBody()
            .returnResult()
            .getResponseBody();
    return new String(body, java.nio.charset.StandardCharsets.UTF_8);
  }
}
