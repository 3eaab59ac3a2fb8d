package org.spawnmesh.benchmarks.mesh;

import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.spawnmesh.actor.Answer;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.cluster.Member;
import org.spawnmesh.cluster.PeerAnswer;
import org.spawnmesh.cluster.PeerMessage;
import org.spawnmesh.cluster.PeerTransport;
import org.spawnmesh.cluster.PeerTransport.Inbox;
import org.spawnmesh.cluster.PeerTransport.Reach;
import org.spawnmesh.store.Incarnation;
import org.spawnmesh.time.SystemTimers;
import org.spawnmesh.transport.grpc.GrpcTransport;
import org.spawnmesh.transport.grpc.GrpcTransportSettings;
import org.spawnmesh.transport.grpc.ListenAddress;

/**
 * A node without an engine: it answers what it gets, on the thread that brings it. Event loops:
 * {@code -Dbench.loops}.
 */
public final class EchoNode {

  static final Incarnation SERVER = new Incarnation(1);
  static final Incarnation CLIENT = new Incarnation(2);

  private EchoNode() {}

  /** Listens on the port that is the first argument, until it is killed. */
  public static void main(String[] args) {
    start(Integer.parseInt(args[0]), SERVER);
  }

  static PeerTransport start(int port, Incarnation self) {
    var settings = GrpcTransportSettings.DEFAULTS;
    var transport =
        new GrpcTransport(
            new ListenAddress("127.0.0.1", port, null),
            settings.withEventLoops(Integer.getInteger("bench.loops", settings.eventLoops())),
            null,
            new SystemTimers(Thread.ofPlatform().daemon().factory()),
            new Random(),
            Thread.ofPlatform().name("loop-", 0).factory());
    transport.start(
        new Inbox() {
          @Override
          public CompletionStage<PeerAnswer> invoked(
              Incarnation from, long view, Invocation invocation) {
            return CompletableFuture.completedFuture(
                new PeerAnswer.Answered(Answer.of(invocation.payload())));
          }

          @Override
          public void received(Incarnation from, long view, PeerMessage message) {}

          @Override
          public void broken(Incarnation to, Reach reach) {}
        });
    transport.identify(self);
    return transport;
  }

  static Member serverAt(int port) {
    return new Member(SERVER, "server", "127.0.0.1:" + port, "1", Map.of());
  }
}
