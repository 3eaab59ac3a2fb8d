package org.spawnmesh.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.spawnmesh.proxy.RunningProxy.actor;
import static org.spawnmesh.proxy.RunningProxy.registration;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.spawnmesh.protocol.actors.Kind;

/** What the jobs of an activator do, against a proxy. */
class InvokeTest {

  @TempDir Path directory;

  private final ByteArrayOutputStream said = new ByteArrayOutputStream();

  private int invoke(Map<String, String> environment, String... arguments) {
    said.reset();
    var stream = new PrintStream(said, true, StandardCharsets.UTF_8);
    return new Invoke(environment, stream, stream).run(List.of(arguments));
  }

  private String said() {
    return said.toString(StandardCharsets.UTF_8);
  }

  @Test
  void theActionRunsAndOnceForEachKey() throws Exception {
    try (TestHost host = TestHost.start();
        RunningProxy proxy = RunningProxy.start(directory, host, "spawn.proxy.api-token=s3cret")) {
      proxy.post(
          "/api/v1/system",
          registration(actor(Kind.NAMED, "joe", "count")).toByteArray(),
          "Authorization",
          "Bearer s3cret");
      Map<String, String> token = Map.of("SPAWN_PROXY_APITOKEN", "s3cret");
      String[] arguments = {
        "--url=" + proxy.base, "--system=shop", "--actor=joe", "--action=count", "--key=night-1/joe"
      };
      assertThat(invoke(token, arguments)).as(said()).isZero();
      assertThat(said()).isEqualTo("count of joe ran" + System.lineSeparator());
      assertThat(invoke(token, arguments)).isZero();
      assertThat(host.calls()).as("the second is the same tick").hasSize(1);
      arguments[4] = "--key=night-2/joe";
      assertThat(invoke(token, arguments)).isZero();
      assertThat(host.calls()).hasSize(2);

      assertThat(invoke(Map.of(), arguments)).isEqualTo(1);
      assertThat(said()).contains("count of joe failed: SP1008").contains("HTTP 401");
      arguments[2] = "--actor=nobody";
      assertThat(invoke(token, arguments)).isEqualTo(1);
      assertThat(said()).contains("nobody").contains("HTTP 404");
    }
  }

  @Test
  void aProxyThatIsNotThereIsToldSo() throws Exception {
    int port;
    try (var socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    }
    assertThat(
            invoke(
                Map.of(),
                "--url=http://127.0.0.1:" + port,
                "--system=s",
                "--actor=a",
                "--action=b"))
        .isEqualTo(1);
    assertThat(said()).contains("b of a: no answer from http://127.0.0.1:" + port);
  }

  @ParameterizedTest
  @CsvSource({
    "--url=http://a --system=s --actor=a,Missing: --action",
    "--url=http://a --system=s --actor=a --action=,Missing: --action",
    "--url=http://a --system=s --actor=a --action=b --kee=1,Not understood: --kee=1",
    "now,Not understood: now",
    "--url=::: --system=s --actor=a --action=b,':::'"
  })
  void aMisuseIsExplained(String arguments, String message) {
    assertThat(invoke(Map.of(), arguments.split(" "))).isEqualTo(Invoke.MISUSED);
    assertThat(said()).contains("Usage: invoke --url=");
    if (!message.startsWith("'")) {
      assertThat(said()).contains(message);
    }
  }
}
