package org.spawnmesh.proxy.ingress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.spawnmesh.actor.Execution;
import org.spawnmesh.actor.FailureCode;
import org.spawnmesh.actor.SpawnException;

class StagesTest {

  @Test
  void whatAProxyThatStopsCannotBeginHasNotRun() {
    ExecutorService ended = Executors.newVirtualThreadPerTaskExecutor();
    ended.close();

    assertThatThrownBy(() -> Stages.blocking(ended, () -> "done").block())
        .isInstanceOfSatisfying(
            SpawnException.class,
            e -> {
              assertThat(e.code()).isEqualTo(FailureCode.NODE_UNAVAILABLE);
              assertThat(e.execution()).isEqualTo(Execution.NOT_EXECUTED);
            });
  }
}
