package org.spawnmesh.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.spawnmesh.protocol.InvocationRequest;
import org.spawnmesh.protocol.InvocationResponse;
import org.spawnmesh.protocol.JSONType;
import org.spawnmesh.protocol.RegistrationRequest;
import org.spawnmesh.protocol.RegistrationResponse;
import org.spawnmesh.protocol.SpawnRequest;
import org.spawnmesh.protocol.SpawnResponse;
import org.spawnmesh.protocol.Status;
import org.spawnmesh.protocol.actors.Actor;
import org.spawnmesh.protocol.actors.ActorId;
import org.spawnmesh.protocol.actors.ActorSystem;

/**
 * A packaged application as a process, and the way to the actors behind it. Any thread may call
 * actors; one starts and stops.
 */
final class Proxy implements AutoCloseable {

  private static final String KEY = "c3Bhd24gZXhhbXBsZXMgdXNlIHRoaXMga2V5IDEyMzQ=";
  private static final Path PROXY_JAR = Path.of("../../spawn-proxy-app/target/spawn-proxy-app.jar");
  private static final String JSON = "type.googleapis.com/spawn.JSONType";

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final Path folder;
  private final Path jar;
  private final String system;
  private final int port;
  private final Map<String, String> environment;
  private final StringBuilder log = new StringBuilder();
  private RunningProcess process;

  private Proxy(Path folder, Path jar, String system, Map<String, String> environment)
      throws Exception {
    this.folder = folder;
    this.jar = jar;
    this.system = system;
    this.port = Integer.parseInt(environment.get("PROXY_HTTP_PORT"));
    this.environment = environment;
    this.process = launch();
  }

  /** The proxy itself, with its state in that folder. */
  static Proxy start(Path folder) throws Exception {
    return start(folder, Map.of());
  }

  static Proxy start(Path folder, Map<String, String> more) throws Exception {
    Map<String, String> environment = ports();
    environment.putAll(more);
    environment.put("PROXY_DATABASE_TYPE", "sqlite");
    environment.put("PROXY_DATABASE_NAME", folder.resolve("actors.db").toString());
    environment.put("SPAWN_STATESTORE_KEY", KEY);
    return new Proxy(folder, PROXY_JAR, "spawn-system", environment);
  }

  /**
   * One of several that share a database and find each other in ZooKeeper.
   *
   * @param database port of PostgreSQL on this machine
   */
  static Proxy startInMesh(Path folder, String name, String zooKeeper, int database)
      throws Exception {
    Map<String, String> environment = ports();
    environment.put("SPAWN_CLUSTER_TYPE", "zookeeper");
    environment.put("SPAWN_CLUSTER_NODE", name);
    environment.put("SPAWN_CLUSTER_ZOOKEEPER_CONNECTSTRING", zooKeeper);
    environment.put("POD_IP", "127.0.0.1");
    environment.put("PROXY_DATABASE_TYPE", "postgres");
    environment.put("PROXY_DATABASE_PORT", String.valueOf(database));
    environment.put("PROXY_DATABASE_NAME", "postgres");
    environment.put("PROXY_DATABASE_USERNAME", "postgres");
    environment.put("SPAWN_STATESTORE_KEY", KEY);
    environment.put("JAVA_TOOL_OPTIONS", "-Xmx192m");
    // A machine that is busy must not be taken for calls that never end.
    environment.put("SPAWN_DRAINTIMEOUT", "60s");
    return new Proxy(folder, PROXY_JAR, "spawn-system", environment);
  }

  /**
   * One that is told everything by its environment.
   *
   * @param environment has PROXY_HTTP_PORT and USER_FUNCTION_PORT
   */
  static Proxy startAs(Path folder, String system, Map<String, String> environment)
      throws Exception {
    return new Proxy(folder, PROXY_JAR, system, environment);
  }

  /** The Spring application that is a proxy, too. */
  static Proxy startPolyglot(Path folder) throws Exception {
    Map<String, String> environment = ports();
    environment.put("SPAWN_STATESTORE_URL", "jdbc:sqlite:" + folder.resolve("orders.db"));
    Path jar = Path.of("../polyglot/target/spawn-example-polyglot-0.1.0-SNAPSHOT.jar");
    return new Proxy(folder, jar, "shop", environment);
  }

  /** Free ports for the proxy and its host, which must find each other again after a restart. */
  private static Map<String, String> ports() throws IOException {
    try (ServerSocket proxy = ThisMachine.listenSomewhere();
        ServerSocket host = ThisMachine.listenSomewhere()) {
      Map<String, String> environment = new HashMap<>();
      environment.put("PROXY_HTTP_PORT", String.valueOf(proxy.getLocalPort()));
      environment.put("USER_FUNCTION_HOST", "127.0.0.1");
      environment.put("USER_FUNCTION_PORT", String.valueOf(host.getLocalPort()));
      return environment;
    }
  }

  /** The proxy's program with these arguments, until it ends by itself: all that it printed. */
  static String runOnce(Path folder, Map<String, String> environment, List<String> arguments)
      throws Exception {
    RunningProcess process =
        RunningProcess.start(
            "the proxy's program", folder, environment, command(PROXY_JAR, arguments));
    String output = process.awaitEnd();
    assertThat(process.exitCode()).as(output).isZero();
    return output;
  }

  private static List<String> command(Path jar, List<String> arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "-jar",
                jar.toAbsolutePath().normalize().toString()));
    command.addAll(arguments);
    return command;
  }

  private RunningProcess launch() throws Exception {
    RunningProcess started =
        RunningProcess.start("the proxy", folder, environment, command(jar, List.of()));
    started.awaitOutput("Proxy Application started successfully");
    return started;
  }

  /** Kills it and starts it again at the same place. */
  void restart() throws Exception {
    process.close();
    process = launch();
  }

  /** SIGTERM; returns when it has ended. */
  void stop() throws InterruptedException {
    process.stop();
    log.append(process.output());
  }

  /** What it printed in all of its lives that were stopped, and in this one. */
  String log() {
    return log + process.output();
  }

  void kill() throws InterruptedException {
    process.close();
  }

  /** Starts it again at the same place, after it was stopped or killed. */
  void start() throws Exception {
    process = launch();
  }

  String url() {
    return "http://127.0.0.1:" + port;
  }

  /** Where this proxy expects its host. */
  int hostPort() {
    return Integer.parseInt(environment.get("USER_FUNCTION_PORT"));
  }

  boolean isReady() {
    try {
      return send(HttpRequest.newBuilder().timeout(Duration.ofSeconds(2)), "/health/readiness")
              .statusCode()
          == 200;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  RegistrationResponse register(RegistrationRequest registration) throws Exception {
    return RegistrationResponse.parseFrom(post("/api/v1/system", registration).body());
  }

  SpawnResponse spawn(String name, String parent) throws Exception {
    SpawnRequest request =
        SpawnRequest.newBuilder()
            .addActors(ActorId.newBuilder().setName(name).setSystem(system).setParent(parent))
            .build();
    return SpawnResponse.parseFrom(
        post("/api/v1/system/%s/actors/spawn".formatted(system), request).body());
  }

  String output() {
    return process.output();
  }

  /** A host, or another program of an example, that uses this proxy. */
  RunningProcess run(String example, String... command) throws IOException {
    return run(example, Map.of(), command);
  }

  RunningProcess run(String example, Map<String, String> more, String... command)
      throws IOException {
    Path directory = Path.of("..", example).toAbsolutePath().normalize();
    Map<String, String> all = new HashMap<>(environment);
    all.putAll(more);
    return RunningProcess.start(String.join(" ", command), directory, all, List.of(command));
  }

  /** The JSON that the actor answers. */
  String ask(String actor, String action, String json) throws Exception {
    InvocationResponse response = invoke(actor, action, json);
    assertThat(response.getStatus().getStatus())
        .as("%s of %s: %s%n%s", action, actor, response.getStatus(), output())
        .isEqualTo(Status.OK);
    return content(response.getValue());
  }

  /** Calls an actor, or {@code definition/instance}; no payload if the text is empty. */
  InvocationResponse invoke(String actor, String action, String json) throws Exception {
    return invoke(actor, action, json, Map.of());
  }

  InvocationResponse invoke(String actor, String action, String json, Map<String, String> metadata)
      throws Exception {
    return InvocationResponse.parseFrom(exchange(actor, action, json, metadata).body());
  }

  /** As {@link #invoke}, with HTTP's own status. */
  HttpResponse<byte[]> exchange(
      String actor, String action, String json, Map<String, String> metadata)
      throws IOException, InterruptedException {
    int slash = actor.indexOf('/');
    String name = actor.substring(slash + 1);
    InvocationRequest.Builder request =
        InvocationRequest.newBuilder()
            .setSystem(ActorSystem.newBuilder().setName(system))
            .setActor(
                Actor.newBuilder().setId(ActorId.newBuilder().setName(name).setSystem(system)))
            .setActionName(action)
            .putAllMetadata(metadata)
            .setRegisterRef(slash < 0 ? "" : actor.substring(0, slash));
    if (!json.isEmpty()) {
      request.setValue(
          Any.newBuilder()
              .setTypeUrl(JSON)
              .setValue(JSONType.newBuilder().setContent(json).build().toByteString()));
    }
    return post(
        "/api/v1/system/%s/actors/%s/invoke".formatted(system, encoded(name)), request.build());
  }

  private HttpResponse<byte[]> post(String path, Message message)
      throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(at(path))
            .header("content-type", "application/octet-stream")
            .POST(BodyPublishers.ofByteArray(message.toByteArray()))
            .build(),
        BodyHandlers.ofByteArray());
  }

  String http(HttpRequest.Builder request, String path) throws Exception {
    HttpResponse<String> response = send(request, path);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return response.body();
  }

  HttpResponse<String> send(HttpRequest.Builder request, String path)
      throws IOException, InterruptedException {
    return http.send(request.uri(at(path)).build(), BodyHandlers.ofString());
  }

  private URI at(String path) {
    return URI.create("http://127.0.0.1:" + port + path);
  }

  private static String encoded(String name) {
    return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
  }

  static String content(Any json) throws InvalidProtocolBufferException {
    return JSONType.parseFrom(json.getValue()).getContent();
  }

  @Override
  public void close() throws Exception {
    process.close();
    http.close();
  }
}
