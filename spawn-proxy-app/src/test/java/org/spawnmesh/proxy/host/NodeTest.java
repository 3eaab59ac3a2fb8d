package org.spawnmesh.proxy.host;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.spawnmesh.actor.ActorDefinition;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.ActorType;
import org.spawnmesh.actor.Answer;
import org.spawnmesh.actor.ChannelDefinition;
import org.spawnmesh.actor.Execution;
import org.spawnmesh.actor.FailureCode;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.actor.Kind;
import org.spawnmesh.actor.Payload;
import org.spawnmesh.protocol.ActorInvocation;
import org.spawnmesh.protocol.ActorInvocationResponse;
import org.spawnmesh.runtime.SpawnNode;
import org.spawnmesh.store.InMemoryStateStore;

/** From a node to a process and back: what an action decides comes to pass. */
class NodeTest {

  private static final ActorId JOE = TestHosts.JOE;
  private static final String TYPE = "type.googleapis.com/shop.Text";

  /** What other actors were sent: {@code name.action:payload}. */
  private final BlockingQueue<String> seen = new LinkedBlockingQueue<>();

  private TestHosts hosts;
  private RawHost host;
  private SpawnNode node;

  @BeforeEach
  void start() throws IOException {
    hosts = new TestHosts();
    host =
        new RawHost(
            peer -> {
              RawHost.Request request;
              while ((request = peer.next()) != null) {
                peer.write(answer(request.invocation()));
              }
            });
    node = SpawnNode.builder(new InMemoryStateStore()).build();
    for (String name : List.of("joe", "bob", "ear")) {
      ActorType type = new ActorType("shop", name);
      node.register(
          ActorDefinition.of(
              type,
              Kind.NAMED,
              parts ->
                  parts
                      .stateful(true)
                      .actions("append", "fail", "crash", "garbage", "effect", "pipe", "forward")
                      .actions("broadcast", "hear", "stay")
                      .channels(
                          name.equals("ear")
                              ? List.of(new ChannelDefinition("news", "hear"))
                              : List.of())),
          hosts.at(host));
    }
    node.start();
  }

  @AfterEach
  void stop() throws IOException {
    node.close();
    host.close();
    hosts.close();
  }

  /** The host's code. */
  private byte[] answer(ActorInvocation call) {
    String payload = call.getValue().getValue().toStringUtf8();
    String state = call.getCurrentContext().getState().getValue().toStringUtf8();
    String name = call.getActor().getName();
    if (!name.equals("joe")) {
      seen.add(name + "." + call.getActionName() + ":" + payload);
    }
    ActorInvocationResponse.Builder reply = ActorInvocationResponse.newBuilder();
    switch (call.getActionName()) {
      case "append", "hear" -> {
        reply.getUpdatedContextBuilder().setState(any(state + payload)).putTags("n", state);
        reply.setValue(any(state + payload));
      }
      case "fail" -> {
        return RawHost.http("500 Oops", "text/plain", "out of tea".getBytes());
      }
      case "garbage" -> {
        return RawHost.http("200 OK", "text/plain", "<nothing/>".getBytes());
      }
      case "effect" -> {
        reply.getUpdatedContextBuilder().setState(any(state + "!"));
        var request = reply.getWorkflowBuilder().addEffectsBuilder().getRequestBuilder();
        request.setActionName("append").setValue(any("effect"));
        request.getActorBuilder().getIdBuilder().setName("bob");
      }
      case "broadcast" -> {
        reply.getUpdatedContextBuilder();
        reply
            .getWorkflowBuilder()
            .getBroadcastBuilder()
            .setChannelGroup("news")
            .setValue(any("fresh"));
      }
      case "pipe" -> {
        reply.getUpdatedContextBuilder().setState(any(state + "|"));
        reply.setValue(any("piped"));
        reply.getWorkflowBuilder().getPipeBuilder().setActor("bob").setActionName("append");
      }
      case "forward" -> {
        reply.getUpdatedContextBuilder();
        reply.setValue(any("not this"));
        reply.getWorkflowBuilder().getForwardBuilder().setActor("bob").setActionName("append");
      }
      default -> reply.getUpdatedContextBuilder();
    }
    return RawHost.ok(reply.build());
  }

  private static Any any(String text) {
    return Any.newBuilder().setTypeUrl(TYPE).setValue(ByteString.copyFromUtf8(text)).build();
  }

  private Answer ask(String action, String payload) throws Exception {
    return node.invoke(
            Invocation.ask(JOE, action, Payload.of(TYPE, payload.getBytes(StandardCharsets.UTF_8))))
        .toCompletableFuture()
        .get(20, TimeUnit.SECONDS);
  }

  private String text(Answer answer) {
    return new String(answer.orThrow().bytes(), StandardCharsets.UTF_8);
  }

  private String state() throws Exception {
    return text(ask("get", ""));
  }

  @Test
  void stateGoesToTheHostAndComesBack() throws Exception {
    assertThat(text(ask("append", "a"))).isEqualTo("a");
    assertThat(text(ask("append", "b"))).isEqualTo("ab");
    assertThat(state()).isEqualTo("ab");

    host.request();
    host.request();
    ask("stay", "");
    assertThat(host.request().invocation().getCurrentContext().getTagsMap())
        .isEqualTo(Map.of("n", "a"));
    assertThat(state()).isEqualTo("ab");
  }

  @Test
  void aFailedActionLeavesTheStateAsItWas() throws Exception {
    ask("append", "a");

    assertThat(ask("fail", ""))
        .isInstanceOfSatisfying(
            Answer.Failed.class,
            failed -> {
              assertThat(failed.failure().code()).isEqualTo(FailureCode.ACTION_FAILED);
              assertThat(failed.failure().message()).contains("HTTP 500 out of tea");
            });
    assertThat(ask("garbage", ""))
        .isInstanceOfSatisfying(
            Answer.Failed.class,
            failed -> assertThat(failed.failure().code()).isEqualTo(FailureCode.REPLY_INVALID));
    assertThat(state()).isEqualTo("a");
  }

  @Test
  void effectsArrive() throws Exception {
    ask("effect", "");

    assertThat(seen.poll(10, TimeUnit.SECONDS)).isEqualTo("bob.append:effect");
    assertThat(state()).isEqualTo("!");
  }

  @Test
  void broadcastsArrive() throws Exception {
    ask("broadcast", "");

    assertThat(seen.poll(10, TimeUnit.SECONDS)).isEqualTo("ear.hear:fresh");
  }

  @Test
  void aPipePassesTheReplyOnAndTheTargetAnswers() throws Exception {
    assertThat(text(ask("pipe", "input"))).isEqualTo("piped");
    assertThat(state()).isEqualTo("|");
  }

  @Test
  void aForwardPassesTheInputOnAndTheTargetAnswers() throws Exception {
    assertThat(text(ask("forward", "input"))).isEqualTo("input");
  }

  @Test
  void aHostThatRestartsLosesNothing() throws Exception {
    ask("append", "a");
    host.kill();
    var waiting = node.invoke(Invocation.ask(JOE, "append", Payload.of(TYPE, new byte[] {'b'})));

    host.restart();

    Answer answer = waiting.toCompletableFuture().get(20, TimeUnit.SECONDS);
    if (answer instanceof Answer.Failed failed) {
      assertThat(failed.failure().execution()).isEqualTo(Execution.UNKNOWN); // met the kill
      assertThat(state()).isEqualTo("a");
    } else {
      assertThat(state()).isEqualTo("ab");
    }
  }
}
