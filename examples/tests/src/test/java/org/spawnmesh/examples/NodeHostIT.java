package org.spawnmesh.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.spawnmesh.protocol.InvocationResponse;
import org.spawnmesh.protocol.Status;

/** The chat in plain Node, as its README runs it. */
class NodeHostIT {

  @TempDir private Path folder;

  @BeforeEach
  void installed() {
    RunningProcess.assumeInstalled("node");
  }

  @Test
  void itsActorsAnswerAndCallEachOther() throws Exception {
    try (Proxy proxy = Proxy.start(folder);
        RunningProcess host = host(proxy)) {
      // the room asks the visitor
      assertThat(proxy.ask("room/garden", "join", "{\"who\":\"ann\"}"))
          .isEqualTo("{\"members\":[\"ann\"],\"visits\":1}");
      assertThat(proxy.ask("room/kitchen", "join", "{\"who\":\"ann\"}"))
          .isEqualTo("{\"members\":[\"ann\"],\"visits\":2}");
      // the proxy answers itself
      assertThat(proxy.ask("visitor/ann", "get", ""))
          .isEqualTo("{\"visits\":2,\"rooms\":[\"garden\",\"kitchen\"]}");

      // a broadcast: the archive listens, and had never been called
      assertThat(proxy.ask("room/garden", "say", "{\"who\":\"ann\",\"text\":\"grüezi\"}"))
          .isEqualTo("{\"messages\":1}");
      host.awaitOutput("archive: garden: ann said grüezi");
      // a forward: the archive answers
      assertThat(proxy.ask("room/kitchen", "search", "{\"text\":\"grü\"}"))
          .isEqualTo("[\"garden: ann said grüezi\"]");
    }
  }

  @Test
  void aLongTextComesInManyPieces() throws Exception {
    String text = "é".repeat(300_000);
    try (Proxy proxy = Proxy.start(folder);
        RunningProcess host = host(proxy)) {
      proxy.ask("room/garden", "join", "{\"who\":\"ann\"}");
      assertThat(proxy.ask("room/garden", "say", "{\"who\":\"ann\",\"text\":\"" + text + "\"}"))
          .isEqualTo("{\"messages\":1}");
      assertThat(proxy.ask("room/garden", "get", "")).contains(text);
    }
  }

  @Test
  void anActionThatFailsChangesNothingAndSaysWhy() throws Exception {
    try (Proxy proxy = Proxy.start(folder);
        RunningProcess host = host(proxy)) {
      InvocationResponse refusal =
          proxy.invoke("room/garden", "say", "{\"who\":\"bob\",\"text\":\"hi\"}");
      assertThat(refusal.getStatus().getStatus()).isEqualTo(Status.ERROR);
      assertThat(refusal.getStatus().getMessage()).contains("bob is not in garden");
      assertThat(proxy.ask("room/garden", "get", "")).isEqualTo("{\"members\":[],\"messages\":[]}");
    }
  }

  @Test
  void stateOutlivesTheHostAndTheProxy() throws Exception {
    try (Proxy proxy = Proxy.start(folder)) {
      try (RunningProcess host = host(proxy)) {
        proxy.ask("room/garden", "join", "{\"who\":\"ann\"}");
      }
      try (RunningProcess host = host(proxy)) {
        assertThat(proxy.ask("room/garden", "join", "{\"who\":\"bob\"}"))
            .isEqualTo("{\"members\":[\"ann\",\"bob\"],\"visits\":1}");

        proxy.restart();
        assertThat(proxy.ask("room/garden", "join", "{\"who\":\"ann\"}"))
            .isEqualTo("{\"members\":[\"ann\",\"bob\"],\"visits\":2}");
        assertThat(host.output().split("Registered ", -1)).as("registered once").hasSize(2);
      }
    }
  }

  @Test
  void theClientOfTheReadme() throws Exception {
    try (Proxy proxy = Proxy.start(folder);
        RunningProcess host = host(proxy);
        RunningProcess client =
            proxy.run(
                "node-host", "node", "client.js", "room/garden", "join", "{\"who\":\"ann\"}")) {
      assertThat(client.awaitEnd()).isEqualTo("{\"members\":[\"ann\"],\"visits\":1}\n");
    }
  }

  private static RunningProcess host(Proxy proxy) throws Exception {
    RunningProcess host = proxy.run("node-host", "node", "host.js");
    host.awaitOutput("Registered room, visitor, archive");
    return host;
  }
}
