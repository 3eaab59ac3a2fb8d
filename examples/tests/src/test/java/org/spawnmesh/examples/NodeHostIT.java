package org.spawnmesh.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.spawnmesh.protocol.InvocationResponse;
import org.spawnmesh.protocol.Status;

/** The chat in plain Node, as its README runs it. Each test has rooms and visitors of its own. */
class NodeHostIT {

  @TempDir private static Path folder;

  private static Proxy proxy;
  private static RunningProcess host;

  @BeforeAll
  static void start() throws Exception {
    RunningProcess.assumeInstalled("node");
    proxy = Proxy.start(folder);
    host = startHost();
  }

  @AfterAll
  static void stop() throws Exception {
    RunningProcess.closeAll(host, proxy);
  }

  @Test
  void itsActorsAnswerAndCallEachOther() throws Exception {
    // the room asks the visitor
    assertThat(proxy.ask("room/garden", "join", "{\"who\":\"ann\"}"))
        .isEqualTo("{\"members\":[\"ann\"],\"visits\":1}");
    assertThat(proxy.ask("room/kitchen", "join", "{\"who\":\"ann\"}"))
        .isEqualTo("{\"members\":[\"ann\"],\"visits\":2}");
    // the proxy answers itself
    assertThat(proxy.ask("visitor/ann", "get", ""))
        .isEqualTo("{\"visits\":2,\"rooms\":[\"garden\",\"kitchen\"]}");

    // a broadcast, which the archive hears
    assertThat(proxy.ask("room/garden", "say", "{\"who\":\"ann\",\"text\":\"grüezi\"}"))
        .isEqualTo("{\"messages\":1}");
    host.awaitOutput("archive: garden: ann said grüezi");
    // a forward: the archive answers
    assertThat(proxy.ask("room/kitchen", "search", "{\"text\":\"grü\"}"))
        .isEqualTo("[\"garden: ann said grüezi\"]");
  }

  @Test
  void aLongTextComesInManyPieces() throws Exception {
    String text = "é".repeat(300_000);
    proxy.ask("room/cellar", "join", "{\"who\":\"bob\"}");
    assertThat(proxy.ask("room/cellar", "say", "{\"who\":\"bob\",\"text\":\"" + text + "\"}"))
        .isEqualTo("{\"messages\":1}");
    assertThat(proxy.ask("room/cellar", "get", "")).contains(text);
  }

  @Test
  void anActionThatFailsChangesNothingAndSaysWhy() throws Exception {
    InvocationResponse refusal =
        proxy.invoke("room/tower", "say", "{\"who\":\"eve\",\"text\":\"hi\"}");
    assertThat(refusal.getStatus().getStatus()).isEqualTo(Status.ERROR);
    assertThat(refusal.getStatus().getMessage()).contains("eve is not in tower");
    assertThat(proxy.ask("room/tower", "get", "")).isEqualTo("{\"members\":[],\"messages\":[]}");
  }

  @Test
  void stateOutlivesTheHostAndTheProxy() throws Exception {
    proxy.ask("room/attic", "join", "{\"who\":\"liz\"}");
    host.close();
    host = startHost();
    assertThat(proxy.ask("room/attic", "join", "{\"who\":\"kim\"}"))
        .isEqualTo("{\"members\":[\"liz\",\"kim\"],\"visits\":1}");

    proxy.restart();
    assertThat(proxy.ask("room/attic", "join", "{\"who\":\"liz\"}"))
        .isEqualTo("{\"members\":[\"liz\",\"kim\"],\"visits\":2}");
    assertThat(host.output()).containsOnlyOnce("Registered ");
  }

  @Test
  void theClientOfTheReadme() throws Exception {
    try (RunningProcess client = client("room/porch", "join", "{\"who\": \"tom\"}")) {
      assertThat(client.awaitEnd()).isEqualTo("{\"members\":[\"tom\"],\"visits\":1}\n");
    }
    try (RunningProcess client = client("room/porch", "dance", "")) {
      assertThat(client.awaitEnd()).contains("room/porch dance: ");
      assertThat(client.exitCode()).isEqualTo(1);
    }
  }

  private static RunningProcess client(String actor, String action, String json) throws Exception {
    return proxy.run("node-host", "node", "client.js", actor, action, json);
  }

  private static RunningProcess startHost() throws Exception {
    RunningProcess host = proxy.run("node-host", "node", "host.js");
    host.awaitOutput("Registered room, visitor, archive");
    return host;
  }
}
