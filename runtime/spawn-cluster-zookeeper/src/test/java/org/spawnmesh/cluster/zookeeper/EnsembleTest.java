package org.spawnmesh.cluster.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.curator.test.InstanceSpec;
import org.apache.curator.test.TestingCluster;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.spawnmesh.cluster.Member;
import org.spawnmesh.store.Incarnation;
import org.spawnmesh.test.cluster.ListeningNode;
import org.spawnmesh.time.SystemTimers;

/** Three real servers, some of which die. */
class EnsembleTest {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static TestingCluster ensemble;

  private final List<ListeningNode> nodes = new ArrayList<>();
  private SystemTimers timers;

  @BeforeAll
  static void startEnsemble() throws Exception {
    InstanceSpec[] servers = new InstanceSpec[3];
    for (int i = 0; i < servers.length; i++) {
      servers[i] =
          new InstanceSpec(
              null, Ports.free(), Ports.free(), Ports.free(), true, i + 1, Server.TICK_MILLIS, -1);
    }
    ensemble = new TestingCluster(servers);
    ensemble.start();
  }

  @AfterAll
  static void stopEnsemble() throws Exception {
    ensemble.close();
  }

  @BeforeEach
  void startTimers() {
    timers = new SystemTimers(Thread.ofPlatform().daemon().factory());
  }

  @AfterEach
  void close() {
    nodes.forEach(ListeningNode::close);
    timers.close();
  }

  private List<ListeningNode> members(String system, int count) throws Exception {
    for (int i = 1; i <= count; i++) {
      var node =
          new ListeningNode(
              new ZooKeeperMembership(
                  system,
                  ZooKeeperSettings.of(ensemble.getConnectString())
                      .timeouts(Duration.ofSeconds(6), Duration.ofSeconds(2)),
                  timers,
                  Thread.ofPlatform().daemon().factory()),
              new Member(new Incarnation(i), "node-" + i, "localhost:" + i, "1", Map.of()),
              PATIENCE);
      nodes.add(node);
      node.start();
      node.announceAtLast();
    }
    for (ListeningNode node : nodes) {
      node.sees(all());
      node.knowsALeader();
    }
    return nodes;
  }

  private Member[] all() {
    return nodes.stream().map(ListeningNode::self).toArray(Member[]::new);
  }

  private static String mode(InstanceSpec server) {
    try (var socket = new Socket("localhost", server.getPort())) {
      socket.getOutputStream().write("srvr".getBytes(StandardCharsets.UTF_8));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return answer.lines().filter(line -> line.startsWith("Mode: ")).findFirst().orElse("none");
    } catch (IOException e) {
      return "none";
    }
  }

  @Test
  void nobodyIsTakenForDeadWhenTheLeadingServerDies() throws Exception {
    List<ListeningNode> mesh = members("leader-dies", 3);
    InstanceSpec leading =
        ensemble.getInstances().stream()
            .filter(server -> mode(server).equals("Mode: leader"))
            .findFirst()
            .orElseThrow();
    ensemble.killServer(leading);
    for (ListeningNode node : mesh) {
      node.isInContact(timers);
    }
    mesh.get(1).publishesAtLast(2);
    for (ListeningNode node : mesh) {
      node.knowsView(2);
      node.sees(all());
    }
    mesh.getFirst().knowsALeader();
    ensemble.restartServer(leading);
  }

  @Test
  void withoutAMajorityNobodyLeadsAndAllIsWellWhenItIsBack() throws Exception {
    List<ListeningNode> mesh = members("no-majority", 3);
    mesh.getFirst().leads();
    List<InstanceSpec> dead = List.copyOf(ensemble.getInstances()).subList(0, 2);
    for (InstanceSpec server : dead) {
      ensemble.killServer(server);
    }
    mesh.getFirst().doesNotLead();
    for (ListeningNode node : mesh) {
      assertThat(node.observe().leading()).isFalse();
      assertThat(node.observe().live()).hasSize(3);
    }
    for (InstanceSpec server : dead) {
      // A server that stands alone does not answer its start: it waits for the others.
      Thread.ofPlatform().daemon().start(() -> restart(server));
    }
    mesh.get(2).publishesAtLast(5);
    for (ListeningNode node : mesh) {
      node.knowsView(5);
      node.sees(all());
      node.knowsALeader();
    }
  }

  private static void restart(InstanceSpec server) {
    try {
      ensemble.restartServer(server);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
