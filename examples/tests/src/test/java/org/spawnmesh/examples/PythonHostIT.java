package org.spawnmesh.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.spawnmesh.protocol.InvocationResponse;
import org.spawnmesh.protocol.Status;

/** The bank in plain Python, as its README runs it. */
class PythonHostIT {

  @TempDir private Path folder;

  @BeforeEach
  void installed() {
    RunningProcess.assumeInstalled("python3");
  }

  @Test
  void itsActorsAnswerAndCallEachOther() throws Exception {
    try (Proxy proxy = Proxy.start(folder);
        RunningProcess host = host(proxy)) {
      assertThat(proxy.ask("account/ann", "deposit", "{\"amount\":5}"))
          .isEqualTo("{\"balance\":5}");
      assertThat(proxy.ask("account/bob", "balance", "")).isEqualTo("{\"balance\":0}");

      // joe asks an account
      assertThat(proxy.ask("joe", "greet", "{\"name\":\"ann\"}"))
          .isEqualTo("{\"text\":\"Hello ann, you have 5. You are guest 1.\"}");
      // a pipe: the printer answers
      assertThat(proxy.ask("account/ann", "statement", ""))
          .isEqualTo("\"The account of ann has 5.\"");
      // an effect, then a timer
      host.awaitOutput("audit: ann \\+5");
      host.awaitOutput("audit: 1 entries closed");
    }
  }

  @Test
  void anActionThatFailsChangesNothingAndSaysWhy() throws Exception {
    try (Proxy proxy = Proxy.start(folder);
        RunningProcess host = host(proxy)) {
      proxy.ask("account/ann", "deposit", "{\"amount\":5}");

      InvocationResponse refusal = proxy.invoke("account/ann", "withdraw", "{\"amount\":9}");
      assertThat(refusal.getStatus().getStatus()).isEqualTo(Status.ERROR);
      assertThat(refusal.getStatus().getMessage()).contains("ann has only 5");
      assertThat(proxy.ask("account/ann", "balance", "")).isEqualTo("{\"balance\":5}");

      assertThat(proxy.invoke("jim", "greet", "").getStatus().getStatus())
          .isEqualTo(Status.ACTOR_NOT_FOUND);
    }
  }

  @Test
  void stateOutlivesTheHostAndTheProxy() throws Exception {
    try (Proxy proxy = Proxy.start(folder)) {
      try (RunningProcess host = host(proxy)) {
        proxy.ask("account/ann", "deposit", "{\"amount\":5}");
      }
      try (RunningProcess host = host(proxy)) {
        assertThat(proxy.ask("account/ann", "deposit", "{\"amount\":2}"))
            .isEqualTo("{\"balance\":7}");

        proxy.restart();
        assertThat(proxy.ask("account/ann", "deposit", "{\"amount\":3}"))
            .isEqualTo("{\"balance\":10}");
        assertThat(host.output().split("Registered ", -1)).as("registered once").hasSize(2);
      }
    }
  }

  @Test
  void theClientOfTheReadme() throws Exception {
    try (Proxy proxy = Proxy.start(folder);
        RunningProcess host = host(proxy)) {
      try (RunningProcess client =
          proxy.run(
              "python-host", "python3", "client.py", "account/ann", "deposit", "{\"amount\": 5}")) {
        assertThat(client.awaitEnd()).isEqualTo("{\"balance\": 5}\n");
      }
      try (RunningProcess client =
          proxy.run(
              "python-host",
              "python3",
              "client.py",
              "account/ann",
              "withdraw",
              "{\"amount\": 9}")) {
        assertThat(client.awaitEnd()).contains("ann has only 5");
        assertThat(client.exitCode()).isEqualTo(1);
      }
    }
  }

  private static RunningProcess host(Proxy proxy) throws Exception {
    RunningProcess host = proxy.run("python-host", "python3", "host.py");
    host.awaitOutput("Registered joe, account, printer, audit");
    return host;
  }
}
