package org.spawnmesh.examples.mesh.chaos;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.ActorDefinition;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.ActorType;
import org.spawnmesh.actor.Answer;
import org.spawnmesh.actor.Effect;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.actor.Kind;
import org.spawnmesh.actor.Once;
import org.spawnmesh.actor.Payload;
import org.spawnmesh.cluster.Standalone;
import org.spawnmesh.host.HostCall;
import org.spawnmesh.host.HostReply;
import org.spawnmesh.runtime.NodeSettings;
import org.spawnmesh.runtime.SpawnNode;
import org.spawnmesh.statestore.jdbc.JdbcStateStore;
import org.spawnmesh.statestore.jdbc.StorePool;

/**
 * A process with nothing but the engine and its store, so that it starts again at once: actors that
 * keep the numbers they were told, and tell each to another actor, which keeps it, too. It is asked
 * over sockets: actor's name, key or nothing, number; and says what became of it, and the answer.
 */
public final class PairNode {

  static final String SYSTEM = "pairs";
  static final ActorType FIRST = new ActorType(SYSTEM, "First");
  static final ActorType SECOND = new ActorType(SYSTEM, "Second");

  /** Of each type. */
  static final int ACTORS = 500;

  private PairNode() {}

  /**
   * @param args where the database is
   */
  public static void main(String[] args) throws Exception {
    SpawnNode node =
        SpawnNode.builder(open(args[0], 2))
            .cluster(new Standalone("pairs", Duration.ofMinutes(2)))
            .settings(NodeSettings.DEFAULTS.withTimeout(Duration.ofSeconds(30)))
            .build();
    node.register(
        ActorDefinition.of(FIRST, Kind.UNNAMED, b -> b.stateful(true).actions("take")),
        PairNode::take);
    node.register(
        ActorDefinition.of(SECOND, Kind.UNNAMED, b -> b.stateful(true).actions("hear")),
        call -> HostReply.of(Payload.NONE, more(call)));
    node.start();
    try (ServerSocket listener = new ServerSocket(0, 100, InetAddress.getLoopbackAddress())) {
      System.out.println("Listens on " + listener.getLocalPort());
      while (true) {
        Socket caller = listener.accept();
        Thread.ofVirtual().start(() -> serve(node, caller));
      }
    }
  }

  static JdbcStateStore open(String url, int writers) {
    return JdbcStateStore.builder(new StorePool(url, null, null, writers)).system(SYSTEM).build();
  }

  /** Who is told the number first. */
  static ActorId first(int number) {
    return new ActorId(FIRST, "f" + number % ACTORS);
  }

  /** Whom that one tells. */
  static ActorId second(int number) {
    return new ActorId(SECOND, "s" + number / 7 % ACTORS);
  }

  /** An answer that is another one if the call runs once more. */
  private static HostReply take(HostCall call) {
    int number = Integer.parseInt(text(call.payload()));
    return HostReply.of(payload(number + " at " + System.nanoTime()), more(call))
        .withEffects(List.of(Effect.of(second(number), "hear", call.payload())));
  }

  private static Payload more(HostCall call) {
    Payload before = call.state();
    String number = text(call.payload());
    return payload(before == null ? number : text(before) + "," + number);
  }

  private static Payload payload(String text) {
    return Payload.of("text", text.getBytes(StandardCharsets.UTF_8));
  }

  static String text(Payload payload) {
    return new String(payload.bytes(), StandardCharsets.UTF_8);
  }

  private static void serve(SpawnNode node, Socket caller) {
    try (caller) {
      caller.setTcpNoDelay(true);
      DataInputStream in = new DataInputStream(caller.getInputStream());
      DataOutputStream out = new DataOutputStream(caller.getOutputStream());
      while (true) {
        int number = in.readInt();
        String key = in.readUTF();
        @Nullable Once once = key.isEmpty() ? null : Once.key(key);
        Invocation call =
            Invocation.ask(first(number), "take", payload(Integer.toString(number))).withOnce(once);
        switch (node.invoke(call).toCompletableFuture().join()) {
          case Answer.Ok ok -> say(out, "OK", text(ok.payload()));
          case Answer.Failed failed ->
              say(out, failed.failure().execution().name(), failed.failure().toString());
        }
      }
    } catch (IOException e) {
      // the caller is gone
    }
  }

  private static void say(DataOutputStream out, String what, String answer) throws IOException {
    out.writeUTF(what);
    out.writeUTF(answer);
    out.flush();
  }
}
