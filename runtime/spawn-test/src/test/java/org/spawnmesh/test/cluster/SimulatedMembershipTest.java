package org.spawnmesh.test.cluster;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.spawnmesh.cluster.Membership;
import org.spawnmesh.test.SimulatedMembership;
import org.spawnmesh.time.Timers;

class SimulatedMembershipTest extends MembershipContract {

  private final Map<String, SimulatedMembership> services = new HashMap<>();
  private boolean away;

  @Override
  protected Membership open(String actorSystem, Timers time) {
    return services
        .computeIfAbsent(actorSystem, name -> service(time))
        .client(task -> Thread.ofVirtual().start(task), time);
  }

  private SimulatedMembership service(Timers time) {
    SimulatedMembership fresh =
        new SimulatedMembership(time, Duration.ofSeconds(2), () -> Duration.ZERO);
    if (away) {
      fresh.goAway();
    }
    return fresh;
  }

  @Override
  protected void goAway() {
    away = true;
    services.values().forEach(SimulatedMembership::goAway);
  }

  @Override
  protected void comeBack() {
    away = false;
    services.values().forEach(SimulatedMembership::comeBack);
  }

  @Override
  protected void wipe() {
    services.values().forEach(SimulatedMembership::wipe);
  }

  @Override
  protected void expire(Membership node) {
    ((SimulatedMembership.Client) node).expire();
  }

  @Override
  protected void kill(Membership node) {
    ((SimulatedMembership.Client) node).vanish();
  }
}
