package org.spawnmesh.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.spawnmesh.proxy.RunningProxy.SYSTEM;
import static org.spawnmesh.proxy.RunningProxy.actor;
import static org.spawnmesh.proxy.RunningProxy.registration;
import static org.spawnmesh.proxy.RunningProxy.request;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.spawnmesh.protocol.InvocationResponse;
import org.spawnmesh.protocol.RegistrationResponse;
import org.spawnmesh.protocol.RequestStatus;
import org.spawnmesh.protocol.SpawnResponse;
import org.spawnmesh.protocol.Status;
import org.spawnmesh.protocol.actors.Actor;
import org.spawnmesh.protocol.actors.Kind;
import org.spawnmesh.protocol.actors.Registry;

/** No input leaves the proxy without a coded answer, or harms the next caller. */
class BadInputTest {

  @TempDir static Path directory;
  static TestHost host;
  static RunningProxy proxy;
  static int counted;

  @BeforeAll
  static void start() throws Exception {
    host = TestHost.start();
    proxy = RunningProxy.start(directory, host, "spawn.proxy.body-timeout=500ms");
  }

  /** A registration is the whole of what a host serves, and some of the bad input is one. */
  @BeforeEach
  void register() throws Exception {
    proxy.register(actor(Kind.NAMED, "joe", "count"), actor(Kind.UNNAMED, "cart", "count"));
  }

  @AfterAll
  static void stop() {
    proxy.close();
    host.close();
  }

  @AfterEach
  void theProxyStillServes() throws Exception {
    register();
    assertThat(proxy.count("joe")).isEqualTo(++counted);
  }

  /** A path, and how its answer is read. */
  private record Route(String path, Parser<? extends Message> answer) {

    RequestStatus status(HttpResponse<byte[]> response) throws Exception {
      assertThat(response.body()).isNotEmpty();
      Message message = answer.parseFrom(response.body());
      return (RequestStatus) message.getField(message.getDescriptorForType().findFieldByNumber(1));
    }
  }

  private static final List<Route> ROUTES =
      List.of(
          new Route("/api/v1/system", RegistrationResponse.parser()),
          new Route("/api/v1/system/shop/actors/spawn", SpawnResponse.parser()),
          new Route("/api/v1/system/shop/actors/joe/invoke", InvocationResponse.parser()));

  private static void refused(byte[] body) throws Exception {
    for (Route route : ROUTES) {
      RequestStatus status = route.status(proxy.post(route.path(), body));
      assertThat(status.getStatus()).isIn(Status.ERROR, Status.ACTOR_NOT_FOUND);
      assertThat(status.getMessage()).matches("(?s)SP\\d{4} .*");
    }
  }

  @Test
  void nothingAtAll() throws Exception {
    refused(new byte[0]);
  }

  @Test
  void truncatedMessages() throws Exception {
    byte[] whole = registration(actor(Kind.NAMED, "cut", "a", "b")).toByteArray();
    // a message cut between two fields is a shorter message: only the others must be refused
    for (int length = 1; length < whole.length; length++) {
      byte[] part = java.util.Arrays.copyOf(whole, length);
      HttpResponse<byte[]> response = proxy.post("/api/v1/system", part);
      assertThat(ROUTES.getFirst().status(response).getMessage()).isNotEmpty();
    }
  }

  @Test
  void randomBytes() throws Exception {
    Random random = new Random(42);
    for (int i = 0; i < 300; i++) {
      byte[] bytes = new byte[random.nextInt(1, 400)];
      random.nextBytes(bytes);
      for (Route route : ROUTES) {
        assertThat(route.status(proxy.post(route.path(), bytes)).getMessage()).isNotEmpty();
      }
    }
  }

  @Test
  void flippedBits() throws Exception {
    Random random = new Random(43);
    byte[] good = request("cart-9", "count").setRegisterRef("cart").build().toByteArray();
    for (int i = 0; i < 300; i++) {
      byte[] bytes = good.clone();
      bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
      HttpResponse<byte[]> response = proxy.post(ROUTES.get(2).path(), bytes);
      assertThat(ROUTES.get(2).status(response).getStatus()).isNotEqualTo(Status.UNKNOWN);
    }
  }

  @Test
  void wrongWireTypes() throws Exception {
    refused(Fields.message().f(1, 5).f(2, 7).f(3, 9).bytes());
    refused(Fields.message().f(1, "\uD83D").f(2, "text").f(3, Fields.message().f(1, 1)).bytes());
  }

  @Test
  void deepNesting() throws Exception {
    Fields deep = Fields.message();
    for (int i = 0; i < 5_000; i++) {
      deep = Fields.message().f(2, deep);
    }
    byte[] bytes = deep.bytes();
    for (Route route : ROUTES) {
      RequestStatus status = route.status(proxy.post(route.path(), bytes));
      assertThat(status.getMessage()).matches("(?s)SP\\d{4} .*");
    }
  }

  @Test
  void hugeMaps() throws Exception {
    var request = request("joe", "get");
    for (int i = 0; i < 50_000; i++) {
      request.putMetadata("key " + i, "value " + i);
    }
    assertThat(proxy.invoke(request).getStatus().getStatus()).isEqualTo(Status.OK);
  }

  @Test
  void oddNames() throws Exception {
    for (String name :
        List.of(
            "n".repeat(10_240),
            " ",
            " lead",
            "tail ",
            "new\nline",
            "nul\0",
            "\u0085",
            "spawn.hosts",
            "spawn.x",
            "\u202e",
            "a".repeat(256))) {
      InvocationResponse invoked = proxy.invoke(name, "count");
      assertThat(invoked.getStatus().getStatus()).isIn(Status.ERROR, Status.ACTOR_NOT_FOUND);
      assertThat(invoked.getStatus().getMessage()).matches("(?s)SP\\d{4} .*");
      assertThat(proxy.spawn(name, "nobody", "").getStatus().getMessage())
          .matches("(?s)SP\\d{4} .*");
      assertThat(proxy.invoke("joe", name).getStatus().getMessage()).matches("(?s)SP\\d{4} .*");
    }
    for (String name : List.of("a/b/c", "ä ö", "日本", "😀", "a:b@c", "..", "%2F", "a".repeat(255))) {
      assertThat(proxy.spawn(name, "cart", "").getStatus().getMessage()).isEqualTo("Accepted");
      assertThat(proxy.count(name)).isEqualTo(1);
    }
  }

  /** They wait in the database: the memory for calls under way, 64 MiB, is no limit to them. */
  @Test
  void moreScheduledCallsThanMemoryHolds() throws Exception {
    var call = request("joe", "count").setScheduledTo(3_600_000);
    call.getValueBuilder()
        .setTypeUrl("type.googleapis.com/test.Large")
        .setValue(ByteString.copyFrom(new byte[4_000_000]));
    for (int i = 0; i < 30; i++) {
      assertThat(proxy.invoke(call).getStatus().getStatus()).isEqualTo(Status.OK);
    }
  }

  @Test
  void tenThousandActorsInOneRegistration() throws Exception {
    Actor.Builder[] actors =
        IntStream.range(0, 10_000)
            .mapToObj(i -> actor(Kind.NAMED, "many-" + i, "count"))
            .toArray(Actor.Builder[]::new);

    assertThat(proxy.register(actors).getStatus().getMessage()).isEqualTo("Accepted");
    assertThat(proxy.count("many-0")).isEqualTo(1);
    assertThat(proxy.count("many-9999")).isEqualTo(1);
  }

  @Test
  void aRegistrationLargerThanAStateMayBe() throws Exception {
    Actor.Builder large = actor(Kind.NAMED, "large", "count");
    large
        .getStateBuilder()
        .getStateBuilder()
        .setTypeUrl("type.googleapis.com/test.Large")
        .setValue(ByteString.copyFrom(new byte[6_000_000]));
    HttpResponse<byte[]> response = proxy.post("/api/v1/system", registration(large).toByteArray());

    assertThat(ROUTES.getFirst().status(response).getMessage()).matches("(?s)SP\\d{4} .*");
  }

  @Test
  void registryKeysThatContradictNames() throws Exception {
    Registry registry =
        Registry.newBuilder()
            .putActors("a", actor(Kind.NAMED, "same", "x").build())
            .putActors("b", actor(Kind.NAMED, "same", "y").build())
            .build();
    var request = registration().toBuilder();
    request.getActorSystemBuilder().setRegistry(registry);

    HttpResponse<byte[]> response = proxy.post("/api/v1/system", request.build().toByteArray());

    assertThat(ROUTES.getFirst().status(response).getMessage()).startsWith("SP5004");
  }

  @Test
  void timersAndPoolsThatMakeNoSense() throws Exception {
    Actor.Builder backwards = actor(Kind.NAMED, "backwards");
    backwards.addTimerActionsBuilder().setSeconds(-5).getActionBuilder().setName("x");
    Actor.Builder nameless = actor(Kind.NAMED, "nameless");
    nameless.addTimerActionsBuilder().setSeconds(5);
    Actor.Builder huge = actor(Kind.POOLED, "huge", "x");
    huge.getSettingsBuilder().setMinPoolSize(Integer.MAX_VALUE);
    Actor.Builder negative = actor(Kind.NAMED, "negative", "x");
    negative
        .getSettingsBuilder()
        .getDeactivationStrategyBuilder()
        .getTimeoutBuilder()
        .setTimeout(Long.MIN_VALUE);

    for (Actor.Builder actor : List.of(backwards, nameless, huge)) {
      assertThat(proxy.register(actor).getStatus().getMessage()).startsWith("SP5004");
    }
    assertThat(proxy.register(negative).getStatus().getMessage()).isEqualTo("Accepted");
  }

  @Test
  void aBodyInPiecesIsOneBody() throws Exception {
    byte[] body = request("joe", "get").build().toByteArray();
    try (Socket socket = open()) {
      OutputStream out = socket.getOutputStream();
      out.write(head("Transfer-Encoding: chunked"));
      for (byte b : body) {
        out.write(("1\r\n" + (char) (b & 0xff) + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
      }
      out.write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      out.flush();
      assertThat(firstLine(socket)).isEqualTo("HTTP/1.1 200 OK");
    }
  }

  /** Hosts write names into the path as they are, also such that no URL may contain. */
  @Test
  void aPathThatIsNoUrl() throws Exception {
    byte[] body = request("joe", "get").build().toByteArray();
    try (Socket socket = open()) {
      OutputStream out = socket.getOutputStream();
      out.write(
          ("POST /api/v1/system/shop/actors/100%/{x}|^/invoke HTTP/1.1\r\n"
                  + "Host: x\r\n"
                  + "Content-Length: "
                  + body.length
                  + "\r\n\r\n")
              .getBytes(StandardCharsets.US_ASCII));
      out.write(body);
      out.flush();
      assertThat(firstLine(socket)).isEqualTo("HTTP/1.1 200 OK");
    }
  }

  @Test
  void aChunkedBodyOverTheLimitIsRefused() throws Exception {
    try (Socket socket = open()) {
      OutputStream out = socket.getOutputStream();
      out.write(head("Transfer-Encoding: chunked"));
      byte[] chunk = new byte[1 << 20];
      try {
        for (int i = 0; i < 20; i++) {
          out.write("100000\r\n".getBytes(StandardCharsets.US_ASCII));
          out.write(chunk);
          out.write("\r\n".getBytes(StandardCharsets.US_ASCII));
          out.flush();
        }
      } catch (java.io.IOException e) {
        return; // the proxy does not read on; what it said may be lost with the connection
      }
      assertThat(firstLine(socket)).startsWith("HTTP/1.1 413");
    }
  }

  @Test
  void aBodyThatDoesNotArriveIsNotWaitedForForever() throws Exception {
    try (Socket socket = open()) {
      OutputStream out = socket.getOutputStream();
      out.write(head("Content-Length: 1000"));
      out.write(new byte[10]);
      out.flush();
      assertThat(firstLine(socket)).startsWith("HTTP/1.1 408");
    }
  }

  @Test
  void halfAConnection() throws Exception {
    for (int i = 0; i < 50; i++) {
      try (Socket socket = open()) {
        socket.getOutputStream().write(head("Content-Length: 1000"));
        socket.shutdownOutput();
      }
    }
  }

  private static Socket open() throws Exception {
    int port = Integer.parseInt(proxy.base.substring(proxy.base.lastIndexOf(':') + 1));
    Socket socket = new Socket("127.0.0.1", port);
    socket.setSoTimeout(20_000);
    return socket;
  }

  private static byte[] head(String header) {
    return ("POST /api/v1/system/"
            + SYSTEM
            + "/actors/joe/invoke HTTP/1.1\r\nHost: x\r\n"
            + "Content-Type: application/octet-stream\r\n"
            + header
            + "\r\n\r\n")
        .getBytes(StandardCharsets.US_ASCII);
  }

  private static String firstLine(Socket socket) throws Exception {
    InputStream in = socket.getInputStream();
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\r' && c >= 0; c = in.read()) {
      line.append((char) c);
    }
    return line.toString();
  }
}
