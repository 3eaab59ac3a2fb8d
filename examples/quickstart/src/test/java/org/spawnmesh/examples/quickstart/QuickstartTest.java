package org.spawnmesh.examples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.spawnmesh.actor.Failure;
import org.spawnmesh.actor.FailureCode;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.WebTestClient;

/** The example does over HTTP what its page says, also after a restart. */
class QuickstartTest {

  @TempDir Path data;

  @Test
  void aCartIsFilledLookedAtAndEmptied() {
    try (var application = start()) {
      WebTestClient http = http(application);

      add(http, "tea", 2).isOk().expectBody().jsonPath("$.amount").isEqualTo(8.40);
      add(http, "cup", 1).isOk().expectBody().jsonPath("$.amount").isEqualTo(15.90);

      http.get()
          .uri("/carts/alice")
          .exchange()
          .expectStatus()
          .isOk()
          .expectBody()
          .jsonPath("$.items.quantities.tea")
          .isEqualTo(2)
          .jsonPath("$.total.amount")
          .isEqualTo(15.90);
      http.delete().uri("/carts/alice").exchange().expectStatus().isNoContent();
      http.get()
          .uri("/carts/alice")
          .exchange()
          .expectBody()
          .jsonPath("$.items.quantities")
          .isEmpty();
    }
  }

  @Test
  void aCartSurvivesARestart() {
    try (var application = start()) {
      add(http(application), "tea", 2).isOk();
    }
    try (var application = start()) {
      add(http(application), "tea", 1).isOk().expectBody().jsonPath("$.amount").isEqualTo(12.60);
    }
  }

  @Test
  void theOperatorSeesTheCart() {
    try (var application = start()) {
      WebTestClient http = http(application);
      add(http, "tea", 2).isOk();

      http.get()
          .uri("/actuator/actors/Cart/alice")
          .exchange()
          .expectStatus()
          .isOk()
          .expectBody()
          .jsonPath("$.revision")
          .isEqualTo(1);
      http.get()
          .uri("/actuator/actors/Cart?limit=1")
          .exchange()
          .expectBody()
          .jsonPath("$.actors[0].name")
          .isEqualTo("alice");
      http.get()
          .uri("/actuator/health")
          .exchange()
          .expectBody()
          .jsonPath("$.components.spawn.status")
          .isEqualTo("UP");
    }
  }

  @Test
  void aDrainedNodeSaysThatItIsNotThere() {
    try (var application = start()) {
      WebTestClient http = http(application);
      http.post().uri("/actuator/actors/drain").exchange().expectStatus().isOk();

      add(http, "tea", 1)
          .isEqualTo(HttpStatus.SERVICE_UNAVAILABLE)
          .expectHeader()
          .exists("Retry-After")
          .expectHeader()
          .contentType(MediaType.APPLICATION_PROBLEM_JSON)
          .expectBody()
          .jsonPath("$.code")
          .isEqualTo("SP2004")
          .jsonPath("$.execution")
          .isEqualTo("NOT_EXECUTED");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "UNKNOWN_TYPE, 404",
    "CALL_CYCLE, 409",
    "PAYLOAD_TOO_LARGE, 413",
    "MAILBOX_FULL, 429",
    "STORE_UNAVAILABLE, 503",
    "DEADLINE_PASSED, 504",
    "ACTION_FAILED, 500"
  })
  void everyFailureHasItsStatus(FailureCode code, int status) {
    assertThat(MeshProblems.status(Failure.notExecuted(code, "why")).value()).isEqualTo(status);
  }

  private org.springframework.test.web.reactive.server.StatusAssertions add(
      WebTestClient http, String product, int quantity) {
    return http.post()
        .uri("/carts/alice/items")
        .bodyValue(new Cart.AddItem(product, quantity))
        .exchange()
        .expectStatus();
  }

  private ConfigurableApplicationContext start() {
    return SpringApplication.run(
        QuickstartApplication.class,
        "--server.port=0",
        "--spawn.statestore.url=jdbc:sqlite:" + data.resolve("quickstart.db"));
  }

  private static WebTestClient http(ConfigurableApplicationContext application) {
    var server = ((WebServerApplicationContext) application).getWebServer();
    assertThat(server).isNotNull();
    return WebTestClient.bindToServer().baseUrl("http://localhost:" + server.getPort()).build();
  }
}
