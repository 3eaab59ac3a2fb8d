package org.spawnmesh.benchmarks.sidecar;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.spawnmesh.benchmarks.harness.Child;
import org.spawnmesh.benchmarks.harness.Counter;
import org.spawnmesh.benchmarks.harness.Workloads;
import org.spawnmesh.protocol.RegistrationRequest;
import org.spawnmesh.protocol.RegistrationResponse;
import org.spawnmesh.protocol.ServiceInfo;
import org.spawnmesh.protocol.Status;
import org.spawnmesh.protocol.actors.Action;
import org.spawnmesh.protocol.actors.Actor;
import org.spawnmesh.protocol.actors.ActorId;
import org.spawnmesh.protocol.actors.ActorSettings;
import org.spawnmesh.protocol.actors.ActorState;
import org.spawnmesh.protocol.actors.ActorSystem;
import org.spawnmesh.protocol.actors.Kind;
import org.spawnmesh.protocol.actors.Registry;

/**
 * The client of W4. Starts the servers of one peer, {@code spawn}, {@code restate}, {@code echo1}
 * or {@code echo2}, measures them, and ends them.
 */
public final class Main {

  private static final String PROTOBUF = "application/octet-stream";

  private Main() {}

  /**
   * Ends the JVM after the last measurement.
   *
   * @throws Exception if the peer could not be started or measured
   */
  public static void main(String[] args) throws Exception {
    switch (args[1]) {
      case "spawn" -> spawn();
      case "restate" -> restate();
      case "echo1" -> echo1();
      case "echo2" -> echo2();
      default -> throw new IllegalArgumentException("no peer " + args[1]);
    }
    System.exit(0);
  }

  private static void spawn() throws Exception {
    int hostPort = Child.freePort();
    int proxyPort = Child.freePort();
    Child host = Child.main(SpawnHost.class, hostPort).listensOn(hostPort);
    Child proxy =
        Child.java(
                Map.of(
                    "PROXY_HTTP_PORT",
                    Integer.toString(proxyPort),
                    "PROXY_ACTOR_SYSTEM_NAME",
                    SpawnCounter.SYSTEM,
                    "USER_FUNCTION_HOST",
                    "127.0.0.1",
                    "USER_FUNCTION_PORT",
                    Integer.toString(hostPort),
                    "SPAWN_STATESTORE_URL",
                    property("bench.jdbc"),
                    "SPAWN_DEV",
                    "true",
                    "SPAWN_IDLE_TIMEOUT",
                    "1h"),
                "-jar",
                property("bench.proxy"))
            .listensOn(proxyPort);
    var http = new Http(proxyPort, PROTOBUF);
    register(http);
    Child.countAsServers(host, proxy);
    workloads("spawn", new SpawnCounter(http, "read"), "the proxy, a host in Java").w4();
    workloads("spawn", new SpawnCounter(http, "get"), "the proxy answers its default action")
        .w4AtServer();
  }

  private static void register(Http http) throws Exception {
    RegistrationRequest request =
        RegistrationRequest.newBuilder()
            .setServiceInfo(ServiceInfo.newBuilder().setServiceName("benchmark"))
            .setActorSystem(
                ActorSystem.newBuilder()
                    .setName(SpawnCounter.SYSTEM)
                    .setRegistry(
                        Registry.newBuilder()
                            .putActors(
                                SpawnCounter.TYPE,
                                Actor.newBuilder()
                                    .setId(
                                        ActorId.newBuilder()
                                            .setName(SpawnCounter.TYPE)
                                            .setSystem(SpawnCounter.SYSTEM))
                                    .setState(ActorState.getDefaultInstance())
                                    .setSettings(
                                        ActorSettings.newBuilder()
                                            .setKind(Kind.UNNAMED)
                                            .setStateful(true))
                                    .addActions(Action.newBuilder().setName("add"))
                                    .addActions(Action.newBuilder().setName("read"))
                                    .build())))
            .build();
    byte[] body =
        http.post("/api/v1/system", request.toByteArray())
            .toCompletableFuture()
            .get(30, TimeUnit.SECONDS);
    RegistrationResponse response = RegistrationResponse.parseFrom(body);
    if (response.getStatus().getStatus() != Status.OK) {
      throw new IllegalStateException(response.getStatus().getMessage());
    }
  }

  private static void restate() throws Exception {
    int servicePort = Child.freePort();
    Path data = Files.createTempDirectory("restate");
    Child service =
        Child.java(
                Map.of(),
                "-cp",
                property("bench.restate.service"),
                "org.spawnmesh.benchmarks.restate.Main",
                Integer.toString(servicePort))
            .listensOn(servicePort);
    Child server =
        Child.start(
                Map.of(
                    "RESTATE_DISABLE_TELEMETRY", "true",
                    "RESTATE_BASE_DIR", data.toString(),
                    "RESTATE_NODE_NAME", "bench",
                    "RESTATE_LISTEN_MODE", "tcp",
                    "RESTATE_BIND_IP", "127.0.0.1",
                    "RESTATE_LOG_FILTER", "warn"),
                List.of(property("bench.restate.server"), "--no-logo"))
            .listensOn(9070)
            .listensOn(8080);
    deploy(servicePort);
    Child.countAsServers(service, server);
    workloads(
            "restate",
            new RestateCounter(new Http(8080, "application/json")),
            "one node, its defaults, its Java SDK")
        .w4();
  }

  private static void deploy(int servicePort) throws Exception {
    String body = "{\"uri\":\"http://127.0.0.1:%d\"}".formatted(servicePort);
    var request =
        java.net.http.HttpRequest.newBuilder(
                java.net.URI.create("http://127.0.0.1:9070/deployments"))
            .header("content-type", "application/json")
            .POST(java.net.http.HttpRequest.BodyPublishers.ofString(body))
            .build();
    var response =
        java.net.http.HttpClient.newHttpClient()
            .send(
                request, java.net.http.HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
    if (response.statusCode() / 100 != 2) {
      throw new IOException("the deployment was refused: " + response.body());
    }
  }

  private static void echo1() throws Exception {
    int port = Child.freePort();
    Child.countAsServers(Child.main(Echo.class, port).listensOn(port));
    workloads("echo-1", new EchoCounter(new Http(port, PROTOBUF)), "one hop").w4AtServer();
  }

  private static void echo2() throws Exception {
    int first = Child.freePort();
    int second = Child.freePort();
    Child.countAsServers(
        Child.main(Echo.class, second).listensOn(second),
        Child.main(Echo.class, first, second).listensOn(first));
    workloads("echo-2", new EchoCounter(new Http(first, PROTOBUF)), "two hops, nothing done")
        .w4Echo();
  }

  private static Workloads workloads(String peer, Counter counter, String notes) {
    return new Workloads(peer, counter, notes);
  }

  private static String property(String name) {
    String value = System.getProperty(name);
    if (value == null) {
      throw new IllegalArgumentException("-D" + name + " is not set");
    }
    return value;
  }
}
