package org.spawnmesh.spring.test.shop;

import java.util.concurrent.atomic.AtomicInteger;
import org.spawnmesh.spring.Action;
import org.spawnmesh.spring.Actor;
import org.spawnmesh.spring.ActorContext;
import org.spawnmesh.spring.Reply;

@Actor
class Visits {

  private final AtomicInteger ticks = new AtomicInteger();

  @Action
  Reply<Long> count(ActorContext<Long> visits) {
    long next = visits.state().orElse(0L) + 1;
    return Reply.of(next).state(next);
  }

  @Action(timer = "1s")
  void tick() {
    ticks.incrementAndGet();
  }

  @Action
  int ticks() {
    return ticks.get();
  }
}
