package org.spawnmesh.admin;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.RetryForever;
import org.apache.curator.test.TestingServer;
import org.apache.zookeeper.CreateMode;
import org.junit.jupiter.api.AfterEach;
import org.spawnmesh.cluster.Member;
import org.spawnmesh.store.Incarnation;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/** Of two systems below one root. */
class ZooKeeperDiscoveryTest extends DiscoveryContract {

  private static final String ROOT = "/shared/spawn";

  private final AtomicLong lives = new AtomicLong();
  private TestingServer server;
  private CuratorFramework members;

  @Override
  Discovery discovery() throws Exception {
    server = new TestingServer(true);
    members = CuratorFrameworkFactory.newClient(server.getConnectString(), new RetryForever(50));
    members.start();
    return new ZooKeeperDiscovery(
        new Binder(
                new MapConfigurationPropertySource(
                    Map.of(
                        "zookeeper.connect-string",
                        server.getConnectString(),
                        "zookeeper.root",
                        ROOT)))
            .bind("zookeeper", AdminProperties.Discovery.ZooKeeper.class)
            .get());
  }

  @AfterEach
  void close() throws IOException {
    members.close();
    server.close();
  }

  private void write(String system, String name, String line) throws Exception {
    members
        .create()
        .creatingParentsIfNeeded()
        .withMode(CreateMode.EPHEMERAL)
        .forPath(ROOT + "/" + system + "/members/" + name, line.getBytes(StandardCharsets.UTF_8));
  }

  private Member member(String host, String management) {
    return new Member(
        new Incarnation(lives.incrementAndGet()),
        "node",
        host + ":9010",
        "1",
        Map.of(),
        management);
  }

  @Override
  void begins(String host) throws Exception {
    // one listens on all interfaces, and one where it says
    boolean all = host.endsWith("7");
    write(
        all ? "shop" : "bank",
        host,
        member(host, all ? "http://0.0.0.0:9091" : "http://" + host + ":9091").print());
  }

  @Override
  void ends(String host) throws Exception {
    members.delete().forPath(ROOT + "/shop/members/" + host);
  }

  @Override
  void isThereWithoutOne(String host) throws Exception {
    write("shop", host, member(host, "").print());
    write("shop", "of-something-else", "hello");
    write("empty/leader", "x", "");
  }

  @Override
  void silence() throws Exception {
    server.stop();
  }
}
