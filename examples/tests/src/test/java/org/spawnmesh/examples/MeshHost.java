package org.spawnmesh.examples;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import org.spawnmesh.protocol.ActorInvocation;
import org.spawnmesh.protocol.ActorInvocationResponse;
import org.spawnmesh.protocol.Context;
import org.spawnmesh.protocol.InvocationRequest;
import org.spawnmesh.protocol.JSONType;
import org.spawnmesh.protocol.RegistrationRequest;
import org.spawnmesh.protocol.ServiceInfo;
import org.spawnmesh.protocol.actors.Action;
import org.spawnmesh.protocol.actors.Actor;
import org.spawnmesh.protocol.actors.ActorId;
import org.spawnmesh.protocol.actors.ActorSettings;
import org.spawnmesh.protocol.actors.ActorSystem;
import org.spawnmesh.protocol.actors.Kind;
import org.spawnmesh.protocol.actors.Registry;

/**
 * A host beside one proxy of several, in this JVM: every actor has the same actions, and the host
 * notes whose it ran. Thread-safe.
 */
final class MeshHost implements AutoCloseable {

  static {
    System.setProperty("sun.net.httpserver.nodelay", "true"); // or every answer waits for an ack
  }

  private static final String SYSTEM = "spawn-system";
  private static final String JSON = "type.googleapis.com/spawn.JSONType";
  private static final String[] ACTIONS = {
    "count", "echo", "pipe", "forward", "effect", "shout", "who", "meta"
  };

  private final String name;
  private final HttpServer server;
  private final Set<String> ran = ConcurrentHashMap.newKeySet();

  MeshHost(String name, int port) throws IOException {
    this.name = name;
    this.server = HttpServer.create(new InetSocketAddress("127.0.0.1", port), 1024);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/api/v1/actors/actions", this::serve);
    server.start();
  }

  /** NAMED joe, ann and bob, of whom the last two hear the news, and UNNAMED counter. */
  static RegistrationRequest registration(String... moreNamed) {
    Registry.Builder registry = Registry.newBuilder();
    registry.putActors("joe", actor(Kind.NAMED, "joe").build());
    for (String listener : new String[] {"ann", "bob"}) {
      Actor.Builder actor = actor(Kind.NAMED, listener);
      actor.getMetadataBuilder().addChannelGroup(ByteString.copyFromUtf8("news"));
      actor.addActions(Action.newBuilder().setName("receive"));
      registry.putActors(listener, actor.build());
    }
    registry.putActors("counter", actor(Kind.UNNAMED, "counter").build());
    for (String one : moreNamed) {
      registry.putActors(one, actor(Kind.NAMED, one).build());
    }
    return RegistrationRequest.newBuilder()
        .setServiceInfo(ServiceInfo.newBuilder().setServiceName("mesh"))
        .setActorSystem(ActorSystem.newBuilder().setName(SYSTEM).setRegistry(registry))
        .build();
  }

  private static Actor.Builder actor(Kind kind, String name) {
    Actor.Builder actor =
        Actor.newBuilder()
            .setId(ActorId.newBuilder().setName(name).setSystem(SYSTEM))
            .setSettings(ActorSettings.newBuilder().setKind(kind).setStateful(true));
    for (String action : ACTIONS) {
      actor.addActions(Action.newBuilder().setName(action));
    }
    return actor;
  }

  /** Names of actors whose actions ran here since this was asked last. */
  Set<String> ran() {
    Set<String> names = Set.copyOf(ran);
    ran.removeAll(names);
    return names;
  }

  private void serve(HttpExchange exchange) throws IOException {
    try (exchange) {
      ActorInvocation call = ActorInvocation.parseFrom(exchange.getRequestBody().readAllBytes());
      ran.add(call.getActor().getName());
      byte[] reply = answer(call).build().toByteArray();
      exchange.getResponseHeaders().set("content-type", "application/octet-stream");
      exchange.sendResponseHeaders(200, reply.length);
      exchange.getResponseBody().write(reply);
    }
  }

  private ActorInvocationResponse.Builder answer(ActorInvocation call) throws IOException {
    ActorInvocationResponse.Builder reply =
        ActorInvocationResponse.newBuilder()
            .setActorName(call.getActor().getName())
            .setActorSystem(call.getActor().getSystem())
            .setUpdatedContext(Context.newBuilder().setState(call.getCurrentContext().getState()));
    String said = call.hasValue() ? text(call.getValue()) : "";
    return switch (call.getActionName()) {
      case "count", "receive" -> {
        Any state = call.getCurrentContext().getState();
        int next = (state.getValue().isEmpty() ? 0 : Integer.parseInt(text(state))) + 1;
        reply.getUpdatedContextBuilder().setState(json(String.valueOf(next)));
        yield reply.setValue(json(String.valueOf(next)));
      }
      case "echo" -> reply.setValue(json(call.getActor().getName() + " heard " + said));
      case "who" -> reply.setValue(json(name));
      case "meta" ->
          reply.setValue(json(call.getCurrentContext().getMetadataOrDefault("colour", "none")));
      case "pipe" -> {
        reply.setValue(json(call.getActor().getName()));
        reply.getWorkflowBuilder().getPipeBuilder().setActor(said).setActionName("echo");
        yield reply;
      }
      case "forward" -> {
        reply.getWorkflowBuilder().getForwardBuilder().setActor(said).setActionName("echo");
        yield reply;
      }
      case "effect" -> {
        InvocationRequest.Builder effect =
            reply.getWorkflowBuilder().addEffectsBuilder().getRequestBuilder();
        effect.setSystem(ActorSystem.newBuilder().setName(SYSTEM));
        effect.setActor(
            Actor.newBuilder().setId(ActorId.newBuilder().setName(said).setSystem(SYSTEM)));
        effect.setActionName("count").setRegisterRef("counter").setAsync(true);
        yield reply;
      }
      case "shout" -> {
        reply
            .getWorkflowBuilder()
            .getBroadcastBuilder()
            .setChannelGroup("news")
            .setValue(json(said));
        yield reply;
      }
      default -> throw new IOException("no action " + call.getActionName());
    };
  }

  private static Any json(String text) {
    return Any.newBuilder()
        .setTypeUrl(JSON)
        .setValue(JSONType.newBuilder().setContent(text).build().toByteString())
        .build();
  }

  private static String text(Any json) throws InvalidProtocolBufferException {
    return Proxy.content(json);
  }

  /** At once, as if it had died. */
  @Override
  public void close() {
    server.stop(0);
  }
}
