package org.spawnmesh.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.spawnmesh.protocol.InvocationResponse;
import org.spawnmesh.protocol.Status;

/** The bank in plain Python, as its README runs it. Each test has accounts of its own. */
class PythonHostIT {

  @TempDir private static Path folder;

  private static Proxy proxy;
  private static RunningProcess host;

  @BeforeAll
  static void start() throws Exception {
    RunningProcess.assumeInstalled("python3");
    proxy = Proxy.start(folder);
    host = startHost();
  }

  @AfterAll
  static void stop() throws Exception {
    RunningProcess.closeAll(host, proxy);
  }

  @Test
  void itsActorsAnswerAndCallEachOther() throws Exception {
    assertThat(proxy.ask("account/ann", "deposit", "{\"amount\":5}")).isEqualTo("{\"balance\":5}");
    assertThat(proxy.ask("account/bob", "balance", "")).isEqualTo("{\"balance\":0}");

    // joe asks an account
    assertThat(proxy.ask("joe", "greet", "{\"name\":\"ann\"}"))
        .isEqualTo("{\"text\":\"Hello ann, you have 5. You are guest 1.\"}");
    // a pipe: the printer answers
    assertThat(proxy.ask("account/ann", "statement", ""))
        .isEqualTo("\"The account of ann has 5.\"");
    // an effect, then a timer
    host.awaitOutput("audit: ann \\+5");
    host.awaitOutput("audit: \\d+ entries closed");
  }

  @Test
  void anActionThatFailsChangesNothingAndSaysWhy() throws Exception {
    proxy.ask("account/eve", "deposit", "{\"amount\":5}");

    InvocationResponse refusal = proxy.invoke("account/eve", "withdraw", "{\"amount\":9}");
    assertThat(refusal.getStatus().getStatus()).isEqualTo(Status.ERROR);
    assertThat(refusal.getStatus().getMessage()).contains("eve has only 5");
    assertThat(proxy.ask("account/eve", "balance", "")).isEqualTo("{\"balance\":5}");

    assertThat(proxy.invoke("jim", "greet", "").getStatus().getStatus())
        .isEqualTo(Status.ACTOR_NOT_FOUND);
  }

  @Test
  void stateOutlivesTheHostAndTheProxy() throws Exception {
    proxy.ask("account/liz", "deposit", "{\"amount\":5}");
    host.close();
    host = startHost();
    assertThat(proxy.ask("account/liz", "deposit", "{\"amount\":2}")).isEqualTo("{\"balance\":7}");

    proxy.restart();
    assertThat(proxy.ask("account/liz", "deposit", "{\"amount\":3}")).isEqualTo("{\"balance\":10}");
    assertThat(host.output()).containsOnlyOnce("Registered ");
  }

  @Test
  void theClientOfTheReadme() throws Exception {
    try (RunningProcess client = client("account/tom", "deposit", "{\"amount\": 5}")) {
      assertThat(client.awaitEnd()).isEqualTo("{\"balance\": 5}\n");
    }
    try (RunningProcess client = client("account/tom", "withdraw", "{\"amount\": 99}")) {
      assertThat(client.awaitEnd()).contains("tom has only 5");
      assertThat(client.exitCode()).isEqualTo(1);
    }
  }

  private static RunningProcess client(String actor, String action, String json) throws Exception {
    return proxy.run("python-host", "python3", "client.py", actor, action, json);
  }

  private static RunningProcess startHost() throws Exception {
    RunningProcess host = proxy.run("python-host", "python3", "host.py");
    host.awaitOutput("Registered joe, account, printer, audit");
    return host;
  }
}
