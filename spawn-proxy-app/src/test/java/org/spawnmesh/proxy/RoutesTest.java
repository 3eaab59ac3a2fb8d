package org.spawnmesh.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.spawnmesh.proxy.RunningProxy.actor;
import static org.spawnmesh.proxy.RunningProxy.request;

import com.google.protobuf.Any;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.spawnmesh.protocol.Context;
import org.spawnmesh.protocol.InvocationResponse;
import org.spawnmesh.protocol.JSONType;
import org.spawnmesh.protocol.RegistrationResponse;
import org.spawnmesh.protocol.SpawnResponse;
import org.spawnmesh.protocol.Status;
import org.spawnmesh.protocol.actors.Kind;

/** Paths, content types and everything around the messages. */
class RoutesTest {

  @TempDir static Path directory;
  static TestHost host;
  static RunningProxy proxy;

  @BeforeAll
  static void start() throws Exception {
    host = TestHost.start();
    proxy = RunningProxy.start(directory, host, "spawn.proxy.body-limit=100KB");
    host.on(
        "remember",
        call ->
            TestHost.reply(call)
                .setUpdatedContext(
                    Context.newBuilder()
                        .setState(
                            Any.pack(
                                JSONType.newBuilder().setContent("{\"items\":[1,2]}").build()))));
    proxy.register(
        actor(Kind.NAMED, "joe", "count"),
        actor(Kind.NAMED, "json", "remember"),
        actor(Kind.UNNAMED, "cart", "count"));
  }

  @AfterAll
  static void stop() {
    proxy.close();
    host.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/api/v1/system/shop/actors/joe/invoke",
        "/api/v1/system/other/actors/x/y//z/invoke",
        "/api/v1/system/shop/actors/what?ever/invoke",
        "/api/v1/system/shop/actors/spawn/invoke",
        "/api/v1/system/shop/actors/a%20b/invoke",
      })
  void theBodyDecidesWhoIsInvoked(String path) throws Exception {
    HttpResponse<byte[]> response = proxy.post(path, request("joe", "get").build().toByteArray());

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(InvocationResponse.parseFrom(response.body()).getStatus().getStatus())
        .isEqualTo(Status.OK);
  }

  @Test
  void namesOf10KilobytesInThePathAreNoProblem() throws Exception {
    HttpResponse<byte[]> response =
        proxy.post(
            "/api/v1/system/shop/actors/" + "n".repeat(10_240) + "/invoke",
            request("n".repeat(10_240), "get").build().toByteArray());

    assertThat(InvocationResponse.parseFrom(response.body()).getStatus().getStatus())
        .isEqualTo(Status.ACTOR_NOT_FOUND);
  }

  @Test
  void theStateOfAnActorIsAnswered() throws Exception {
    proxy.spawn("cart/7 ü", "cart", "");
    proxy.count("cart/7 ü");

    HttpResponse<byte[]> response = proxy.get("/api/v1/system/shop/actors/cart/7%20%C3%BC");

    InvocationResponse message = InvocationResponse.parseFrom(response.body());
    assertThat(message.getStatus().getStatus()).isEqualTo(Status.OK);
    assertThat(message.getValue()).isEqualTo(TestHost.number(1));
    assertThat(message.getActor().getId().getName()).isEqualTo("cart/7 ü");
    HttpResponse<byte[]> unknown = proxy.get("/api/v1/system/shop/actors/nobody");
    MustListTest.failed(unknown, 404, Status.ACTOR_NOT_FOUND, "SP1007");
  }

  @Test
  void theStateIsAnsweredAsJsonToWhoAsksForIt() throws Exception {
    proxy.invoke("json", "remember");

    HttpResponse<byte[]> response =
        proxy.get("/api/v1/system/shop/actors/json", "Accept", "application/json");

    assertThat(text(response)).contains("\"state\":{\"items\":[1,2]}", "\"actor\":\"json\"");
    HttpResponse<byte[]> unknown =
        proxy.get("/api/v1/system/shop/actors/nobody", "Accept", "application/json");
    assertThat(unknown.statusCode()).isEqualTo(404);
    assertThat(text(unknown)).contains("\"code\":\"SP1007\"");
  }

  private static String text(HttpResponse<byte[]> response) {
    return new String(response.body(), StandardCharsets.UTF_8);
  }

  @Test
  void healthAndMetricsAreThere() throws Exception {
    for (String path : new String[] {"/health", "/health/liveness", "/health/readiness"}) {
      assertThat(proxy.get(path).statusCode()).isEqualTo(200);
      assertThat(text(proxy.get(path))).isEqualTo("{\"status\":\"up\"}");
    }
    HttpResponse<byte[]> metrics = proxy.get("/metrics");
    assertThat(metrics.headers().firstValue("content-type").orElse("")).startsWith("text/plain");
    assertThat(text(metrics)).contains("# TYPE ", "spawn_activations");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/api", "/api/v1", "/api/v2/system", "/health/x", "/metrics/x"})
  void whatIsNotThereIsACodedAnswer(String path) throws Exception {
    assertThat(proxy.get(path).statusCode()).isEqualTo(404);
    assertThat(text(proxy.get(path))).startsWith("SP1006");
    assertThat(proxy.post(path, new byte[0]).statusCode()).isEqualTo(404);
  }

  @Test
  void otherContentTypesAreRefusedInTheExpectedMessage() throws Exception {
    byte[] body = request("joe", "get").build().toByteArray();
    HttpResponse<byte[]> json =
        proxy.post("/api/v1/system/s/actors/x/invoke", body, "Content-Type", "application/json");
    MustListTest.failed(json, 415, Status.ERROR, "SP1006");
    HttpResponse<byte[]> protobuf =
        proxy.post(
            "/api/v1/system/s/actors/x/invoke", body, "Content-Type", "application/protobuf");
    assertThat(protobuf.statusCode()).isEqualTo(200);
    HttpResponse<byte[]> system = proxy.post("/api/v1/system", body, "Content-Type", "text/plain");
    assertThat(RegistrationResponse.parseFrom(system.body()).getStatus().getMessage())
        .startsWith("SP1006");
    HttpResponse<byte[]> spawn =
        proxy.post("/api/v1/system/s/actors/spawn", body, "Content-Type", "text/plain");
    assertThat(SpawnResponse.parseFrom(spawn.body()).getStatus().getMessage()).startsWith("SP1006");
  }

  @Test
  void tooLargeABodyIsRefusedWithTheLimit() throws Exception {
    HttpResponse<byte[]> response =
        proxy.post("/api/v1/system/s/actors/x/invoke", new byte[200_000]);

    MustListTest.failed(response, 413, Status.ERROR, "SP1006");
    assertThat(InvocationResponse.parseFrom(response.body()).getStatus().getMessage())
        .contains("102400", "spawn.proxy.body-limit");
    assertThat(proxy.invoke("joe", "get").getStatus().getStatus()).isEqualTo(Status.OK);
  }
}
