package org.spawnmesh.controller.reconcile;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.Operator;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.spawnmesh.controller.desired.Settings;
import org.spawnmesh.controller.fake.Access;
import org.spawnmesh.controller.fake.FakeApiServer;
import org.spawnmesh.controller.install.Installation;
import org.spawnmesh.controller.leader.Leadership;

/** A controller with the rights that deploy/ gives it. */
final class RunningController implements AutoCloseable {

  static final Settings SETTINGS = new Settings("spawn-proxy:test", true);

  private final KubernetesClient client;
  private final Leadership leadership;
  final String user;
  final AtomicReference<Settings> settings = new AtomicReference<>(SETTINGS);

  RunningController(FakeApiServer server, String user) {
    this.user = user;
    server.grant(user, new Access(Installation.clusterRules(), "default", Installation.ownRules()));
    client = server.client(user);
    Controllers controllers =
        new Controllers(
            client,
            settings::get,
            Set.of(),
            () -> Instant.parse("2026-01-01T00:00:00Z"),
            Duration.ofMillis(20));
    leadership =
        new Leadership(
            client,
            new Leadership.LeaseName("default", "spawn-controller"),
            new Leadership.Timing(
                Duration.ofMillis(1500), Duration.ofMillis(1000), Duration.ofMillis(100)),
            user,
            term -> {
              Operator operator = controllers.begin(term::isLeading, term::broken);
              return operator::stop;
            });
    leadership.start();
  }

  boolean leads() {
    return leadership.isLeading();
  }

  void settingsChanged() {
    leadership.beginAnew();
  }

  @Override
  public void close() {
    leadership.close();
    client.close();
  }
}
