package org.spawnmesh.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.spawnmesh.proxy.RunningProxy.actor;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.spawnmesh.protocol.Status;
import org.spawnmesh.protocol.actors.Kind;

class ProxyTest {

  @TempDir Path directory;

  @Test
  void aHostRegistersAndItsActorsCount() throws Exception {
    try (TestHost host = TestHost.start();
        RunningProxy proxy = RunningProxy.start(directory, host)) {
      assertThat(proxy.register(actor(Kind.NAMED, "joe", "count")).getStatus().getMessage())
          .isEqualTo("Accepted");
      assertThat(proxy.count("joe")).isEqualTo(1);
      assertThat(proxy.count("joe")).isEqualTo(2);
      assertThat(proxy.invoke("nobody", "count").getStatus().getStatus())
          .isEqualTo(Status.ACTOR_NOT_FOUND);
    }
  }
}
