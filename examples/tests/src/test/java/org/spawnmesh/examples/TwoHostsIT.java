package org.spawnmesh.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One proxy, and a host in each language: the proxy calls each where it registered from. */
class TwoHostsIT {

  @TempDir private Path folder;

  @BeforeEach
  void installed() {
    RunningProcess.assumeInstalled("python3");
    RunningProcess.assumeInstalled("node");
  }

  @Test
  void eachActionRunsInTheHostThatRegisteredIt() throws Exception {
    try (Proxy proxy = Proxy.start(folder, Map.of("PROXY_DEPLOYMENT_MODE", "daemon"));
        RunningProcess python =
            proxy.run(
                "python-host", Map.of("USER_FUNCTION_HOST", "127.0.0.2"), "python3", "host.py");
        RunningProcess node =
            proxy.run("node-host", Map.of("USER_FUNCTION_HOST", "127.0.0.1"), "node", "host.js")) {
      python.awaitOutput("Registered ");
      node.awaitOutput("Registered ");

      assertThat(proxy.ask("account/ann", "deposit", "{\"amount\":5}"))
          .isEqualTo("{\"balance\":5}");
      assertThat(proxy.ask("room/garden", "join", "{\"who\":\"ann\"}"))
          .isEqualTo("{\"members\":[\"ann\"],\"visits\":1}");

      // Python's client asks an actor in Node
      try (RunningProcess client =
          proxy.run(
              "python-host",
              "python3",
              "client.py",
              "visitor/ann",
              "enter",
              "{\"room\":\"attic\"}")) {
        assertThat(client.awaitEnd()).isEqualTo("2\n");
      }

      proxy.restart();
      assertThat(proxy.ask("account/ann", "deposit", "{\"amount\":5}"))
          .isEqualTo("{\"balance\":10}");
      assertThat(proxy.ask("room/garden", "join", "{\"who\":\"ann\"}"))
          .isEqualTo("{\"members\":[\"ann\"],\"visits\":3}");
    }
  }
}
