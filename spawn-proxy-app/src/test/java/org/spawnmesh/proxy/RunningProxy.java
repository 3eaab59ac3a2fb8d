package org.spawnmesh.proxy;

import com.google.protobuf.Any;
import com.google.protobuf.Message;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.spawnmesh.protocol.InvocationRequest;
import org.spawnmesh.protocol.InvocationResponse;
import org.spawnmesh.protocol.RegistrationRequest;
import org.spawnmesh.protocol.RegistrationResponse;
import org.spawnmesh.protocol.ServiceInfo;
import org.spawnmesh.protocol.SpawnRequest;
import org.spawnmesh.protocol.SpawnResponse;
import org.spawnmesh.protocol.actors.Action;
import org.spawnmesh.protocol.actors.Actor;
import org.spawnmesh.protocol.actors.ActorId;
import org.spawnmesh.protocol.actors.ActorSettings;
import org.spawnmesh.protocol.actors.ActorSystem;
import org.spawnmesh.protocol.actors.Kind;
import org.spawnmesh.protocol.actors.Registry;
import org.spawnmesh.runtime.SpawnNode;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** The whole proxy on a port of its own, with its state in a file, and a client for it. */
final class RunningProxy implements AutoCloseable {

  static final String SYSTEM = "shop";

  final ConfigurableApplicationContext context;
  final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  final String base;

  private RunningProxy(ConfigurableApplicationContext context) {
    this.context = context;
    this.base = "http://127.0.0.1:" + context.getEnvironment().getProperty("local.server.port");
  }

  static RunningProxy start(Path directory, TestHost host, String... properties) {
    return start(directory, host.port(), properties);
  }

  static RunningProxy start(Path directory, int hostPort, String... properties) {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("server.port", "0");
    all.put("spawn.system", SYSTEM);
    all.put("spawn.dev", "true");
    all.put("spawn.proxy.host-port", String.valueOf(hostPort));
    all.put("spawn.statestore.url", "jdbc:sqlite:" + directory.resolve("actors.db"));
    for (String property : properties) {
      int equals = property.indexOf('=');
      all.put(property.substring(0, equals), property.substring(equals + 1));
    }
    String[] arguments =
        all.entrySet().stream()
            .map(entry -> "--" + entry.getKey() + "=" + entry.getValue())
            .toArray(String[]::new);
    return new RunningProxy(
        new SpringApplicationBuilder(ProxyApplication.class)
            .registerShutdownHook(false)
            .run(arguments));
  }

  SpawnNode node() {
    return context.getBean(SpawnNode.class);
  }

  // ---- HTTP ----

  HttpResponse<byte[]> post(String path, byte[] body, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(base + path))
            .POST(HttpRequest.BodyPublishers.ofByteArray(body))
            .setHeader("Content-Type", "application/octet-stream");
    for (int i = 0; i < headers.length; i += 2) {
      request.setHeader(headers[i], headers[i + 1]);
    }
    return http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
  }

  /**
   * @param address of this machine, from which it comes
   */
  HttpResponse<byte[]> postFrom(String address, String path, byte[] body)
      throws IOException, InterruptedException {
    try (HttpClient other =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .localAddress(InetAddress.getByName(address))
            .build()) {
      return other.send(
          HttpRequest.newBuilder(URI.create(base + path))
              .POST(HttpRequest.BodyPublishers.ofByteArray(body))
              .setHeader("Content-Type", "application/octet-stream")
              .build(),
          HttpResponse.BodyHandlers.ofByteArray());
    }
  }

  HttpResponse<byte[]> get(String path, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path));
    for (int i = 0; i < headers.length; i += 2) {
      request.setHeader(headers[i], headers[i + 1]);
    }
    return http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
  }

  // ---- the protocol ----

  RegistrationResponse register(Actor.Builder... actors) throws Exception {
    return RegistrationResponse.parseFrom(
        post("/api/v1/system", registration(actors).toByteArray()).body());
  }

  static RegistrationRequest registration(Actor.Builder... actors) {
    Registry.Builder registry = Registry.newBuilder();
    for (Actor.Builder actor : actors) {
      registry.putActors(actor.getId().getName(), actor.build());
    }
    return RegistrationRequest.newBuilder()
        .setServiceInfo(ServiceInfo.newBuilder().setServiceName("test"))
        .setActorSystem(ActorSystem.newBuilder().setName(SYSTEM).setRegistry(registry))
        .build();
  }

  static Actor.Builder actor(Kind kind, String name, String... actions) {
    Actor.Builder actor =
        Actor.newBuilder()
            .setId(ActorId.newBuilder().setName(name).setSystem(SYSTEM))
            .setSettings(ActorSettings.newBuilder().setKind(kind).setStateful(kind != Kind.POOLED));
    for (String action : actions) {
      actor.addActions(Action.newBuilder().setName(action));
    }
    return actor;
  }

  SpawnResponse spawn(String name, String parent, String query) throws Exception {
    return SpawnResponse.parseFrom(
        post(
                "/api/v1/system/" + SYSTEM + "/actors/spawn" + query,
                SpawnRequest.newBuilder()
                    .addActors(
                        ActorId.newBuilder().setName(name).setSystem(SYSTEM).setParent(parent))
                    .build()
                    .toByteArray())
            .body());
  }

  static InvocationRequest.Builder request(String actor, String action) {
    return InvocationRequest.newBuilder()
        .setSystem(ActorSystem.newBuilder().setName(SYSTEM))
        .setActor(Actor.newBuilder().setId(ActorId.newBuilder().setName(actor).setSystem(SYSTEM)))
        .setActionName(action);
  }

  HttpResponse<byte[]> exchange(Message request) throws Exception {
    return post("/api/v1/system/" + SYSTEM + "/actors/x/invoke", request.toByteArray());
  }

  HttpResponse<byte[]> exchangeFrom(String address, Message request) throws Exception {
    return postFrom(
        address, "/api/v1/system/" + SYSTEM + "/actors/x/invoke", request.toByteArray());
  }

  InvocationResponse invoke(InvocationRequest.Builder request) throws Exception {
    return InvocationResponse.parseFrom(exchange(request.build()).body());
  }

  InvocationResponse invoke(String actor, String action) throws Exception {
    return invoke(request(actor, action));
  }

  /** Calls {@code count} and answers the number it came to. */
  int count(String actor) throws Exception {
    InvocationResponse response = invoke(actor, "count");
    Any value = response.getValue();
    if (!response.hasValue()) {
      throw new AssertionError(response);
    }
    return TestHost.number(value);
  }

  @Override
  public void close() {
    context.close();
  }
}
