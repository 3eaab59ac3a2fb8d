package org.spawnmesh.spring.test.shop;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.spawnmesh.runtime.SpawnNode;
import org.spawnmesh.spring.ActorRef;
import org.spawnmesh.spring.Actors;
import org.spawnmesh.spring.test.ActorTest;
import org.spawnmesh.test.VirtualTimers;
import org.springframework.beans.factory.annotation.Autowired;

@ActorTest
class ActorTestSliceTest {

  @Autowired Actors actors;
  @Autowired VirtualTimers time;
  @Autowired SpawnNode node;

  @Test
  void onlyActorsAreStarted() {
    ActorRef visits = actors.ref("Visits", "home");
    assertThat(visits.ask("count", Long.class)).isEqualTo(1);
    assertThat(visits.ask("count", Long.class)).isEqualTo(2);
    assertThat(node.store().isVolatile()).isTrue();
  }

  @Test
  void timersRunWhenTheTestSaysSo() {
    ActorRef visits = actors.ref("Visits", "watched");
    int before = visits.ask("ticks", Integer.class);
    time.advance(Duration.ofSeconds(3));
    // the mailbox is in order: what the timers sent came before this
    assertThat(visits.ask("ticks", Integer.class)).isGreaterThan(before);
  }
}
