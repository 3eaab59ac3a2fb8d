package org.spawnmesh.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.spawnmesh.protocol.InvocationResponse;
import org.spawnmesh.protocol.Status;

/** The shop whose orders are in Java and whose prices are in JavaScript. */
class PolyglotIT {

  @TempDir private Path folder;

  @BeforeEach
  void installed() {
    RunningProcess.assumeInstalled("node");
  }

  @Test
  void javaAsksNodeAndNodeAsksJava() throws Exception {
    try (Proxy application = Proxy.startPolyglot(folder);
        RunningProcess host = host(application)) {
      // HTTP ► Order in Java ► prices in Node
      assertThat(order(application, "ann", "tea", 2))
          .isEqualTo("{\"lines\":[{\"product\":\"tea\",\"quantity\":2}],\"cents\":840}");

      // protocol ► shopper in Node ► Order in Java ► prices in Node
      assertThat(application.ask("shopper/ann", "buy", "{\"product\":\"cake\"}"))
          .isEqualTo("{\"bought\":[\"cake\"],\"cents\":1190}");

      // protocol ► Order in Java, as if it were a host's
      assertThat(application.ask("Order/ann", "content", ""))
          .isEqualTo(application.http(HttpRequest.newBuilder(), "/orders/ann"));
    }
  }

  @Test
  void aFailureCrossesTheBorderWithItsReason() throws Exception {
    try (Proxy application = Proxy.startPolyglot(folder);
        RunningProcess host = host(application)) {
      InvocationResponse failure =
          application.invoke("shopper/ann", "buy", "{\"product\":\"gold\"}");
      assertThat(failure.getStatus().getStatus()).isEqualTo(Status.ERROR);
      assertThat(failure.getStatus().getMessage()).contains("There is no gold");
      assertThat(application.ask("Order/ann", "content", ""))
          .isEqualTo("{\"lines\":[],\"cents\":0}");
    }
  }

  @Test
  void bothHalvesKeepTheirState() throws Exception {
    try (Proxy application = Proxy.startPolyglot(folder);
        RunningProcess host = host(application)) {
      application.ask("prices", "change", "{\"product\":\"tea\",\"cents\":500}");
      order(application, "ann", "tea", 1);

      application.restart();
      assertThat(order(application, "ann", "tea", 1))
          .isEqualTo(
              "{\"lines\":[{\"product\":\"tea\",\"quantity\":1},"
                  + "{\"product\":\"tea\",\"quantity\":1}],\"cents\":1000}");
    }
  }

  private static String order(Proxy application, String name, String product, int quantity)
      throws Exception {
    return application.http(
        HttpRequest.newBuilder()
            .header("content-type", "application/json")
            .POST(
                BodyPublishers.ofString(
                    "{\"product\":\"%s\",\"quantity\":%d}".formatted(product, quantity))),
        "/orders/" + name + "/lines");
  }

  private static RunningProcess host(Proxy application) throws Exception {
    RunningProcess host = application.run("polyglot", "node", "host.js");
    host.awaitOutput("Registered prices, shopper");
    return host;
  }
}
