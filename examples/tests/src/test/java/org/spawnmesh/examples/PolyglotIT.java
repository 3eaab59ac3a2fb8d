package org.spawnmesh.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.spawnmesh.protocol.InvocationResponse;
import org.spawnmesh.protocol.Status;

/** The shop whose orders are in Java and whose prices are in JavaScript. */
class PolyglotIT {

  @TempDir private static Path folder;

  private static Proxy application;
  private static RunningProcess host;

  @BeforeAll
  static void start() throws Exception {
    RunningProcess.assumeInstalled("node");
    application = Proxy.startPolyglot(folder);
    host = application.run("polyglot", "node", "host.js");
    host.awaitOutput("Registered prices, shopper");
  }

  @AfterAll
  static void stop() throws Exception {
    RunningProcess.closeAll(host, application);
  }

  @Test
  void javaAsksNodeAndNodeAsksJava() throws Exception {
    // HTTP ► Order in Java ► prices in Node
    assertThat(order("ann", "tea", 2))
        .isEqualTo("{\"lines\":[{\"product\":\"tea\",\"quantity\":2}],\"cents\":840}");

    // protocol ► shopper in Node ► Order in Java ► prices in Node
    assertThat(application.ask("shopper/ann", "buy", "{\"product\":\"cake\"}"))
        .isEqualTo("{\"bought\":[\"cake\"],\"cents\":1190}");

    // protocol ► Order in Java, as if it were a host's
    assertThat(application.ask("Order/ann", "content", ""))
        .isEqualTo(application.http(HttpRequest.newBuilder(), "/orders/ann"));
  }

  @Test
  void aFailureCrossesTheBordersWithItsReason() throws Exception {
    InvocationResponse failure = application.invoke("shopper/eve", "buy", "{\"product\":\"gold\"}");
    assertThat(failure.getStatus().getStatus()).isEqualTo(Status.ERROR);
    assertThat(failure.getStatus().getMessage()).contains("There is no gold");
    assertThat(application.ask("Order/eve", "content", "")).isEqualTo("{\"lines\":[],\"cents\":0}");
  }

  @Test
  void bothHalvesKeepTheirState() throws Exception {
    application.ask("prices", "change", "{\"product\":\"milk\",\"cents\":90}");
    order("liz", "milk", 1);

    application.restart();
    assertThat(order("liz", "milk", 2))
        .isEqualTo(
            "{\"lines\":[{\"product\":\"milk\",\"quantity\":1},"
                + "{\"product\":\"milk\",\"quantity\":2}],\"cents\":270}");
    assertThat(host.output()).containsOnlyOnce("Registered ");
  }

  /** One of the published SDKs cannot read a registration's answer unless it is compressed. */
  @Test
  void theProtocolIsServedAsByTheProxyAlone() throws Exception {
    HttpResponse<String> answer =
        application.send(
            HttpRequest.newBuilder()
                .header("accept-encoding", "gzip")
                .header("content-type", "application/octet-stream")
                .POST(BodyPublishers.noBody()),
            "/api/v1/system");
    assertThat(answer.headers().firstValue("content-encoding")).contains("gzip");
  }

  private static String order(String name, String product, int quantity) throws Exception {
    return application.http(
        HttpRequest.newBuilder()
            .header("content-type", "application/json")
            .POST(
                BodyPublishers.ofString(
                    "{\"product\":\"%s\",\"quantity\":%d}".formatted(product, quantity))),
        "/orders/" + name + "/lines");
  }
}
