package org.spawnmesh.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.spawnmesh.proxy.RunningProxy.actor;

import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.spawnmesh.protocol.actors.Kind;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** What a proxy needs to start, and where it listens. */
@ExtendWith(OutputCaptureExtension.class)
class StartTest {

  @TempDir Path directory;

  @Test
  void withoutAKeyItDoesNotStartAndShowsHowToMakeOne(CapturedOutput output) {
    assertThatThrownBy(() -> RunningProxy.start(directory, 8090, "spawn.dev=false"))
        .hasMessageContaining("key");
    assertThat(output)
        .contains("APPLICATION FAILED TO START", "openssl rand -base64 32", "SPAWN_STATESTORE_KEY");
    assertThat(directory.resolve("actors.db")).doesNotExist();
  }

  @Test
  void withAKeyStateIsNotReadableInTheFile() throws Exception {
    String key =
        "spawn.statestore.encryption.keys.k1=" + Base64.getEncoder().encodeToString(new byte[32]);
    try (TestHost host = TestHost.start()) {
      host.on(
          "hide",
          call -> {
            var reply = TestHost.reply(call);
            reply
                .getUpdatedContextBuilder()
                .getStateBuilder()
                .setTypeUrl("type.googleapis.com/test.Secret")
                .setValue(com.google.protobuf.ByteString.copyFromUtf8("open sesame"));
            return reply;
          });
      try (RunningProxy proxy = RunningProxy.start(directory, host, "spawn.dev=false", key)) {
        proxy.register(actor(Kind.NAMED, "ali", "hide", "count"));
        proxy.invoke("ali", "hide");
      }
      try (var files = Files.list(directory)) {
        for (Path file : files.toList()) {
          assertThat(Files.readString(file, StandardCharsets.ISO_8859_1))
              .doesNotContain("open sesame");
        }
      }
      try (RunningProxy proxy = RunningProxy.start(directory, host, "spawn.dev=false", key)) {
        assertThat(proxy.invoke("ali", "get").getValue().getValue().toStringUtf8())
            .isEqualTo("open sesame");
      }
    }
  }

  @Test
  void aRegistrationThatCannotBeReadIsSkippedAndNamed(CapturedOutput output) throws Exception {
    String key =
        "spawn.statestore.encryption.keys.k1=" + Base64.getEncoder().encodeToString(new byte[32]);
    try (TestHost damaged = TestHost.start();
        TestHost empty = TestHost.start();
        TestHost whole = TestHost.start()) {
      try (RunningProxy proxy = RunningProxy.start(directory, whole, key)) {
        proxy.register(actor(Kind.NAMED, "ann", "count"));
      }
      try (RunningProxy proxy = RunningProxy.start(directory, damaged, key)) {
        proxy.register(actor(Kind.NAMED, "joe", "count"));
      }
      try (Connection database =
              DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("actors.db"));
          Statement damage = database.createStatement()) {
        assertThat(
                damage.executeUpdate(
                    "update spawn_snapshot set state = zeroblob(64) where type = 'spawn.host'"
                        + " and name like '%:"
                        + damaged.port()
                        + "'"))
            .isEqualTo(1);
      }
      try (RunningProxy proxy = RunningProxy.start(directory, empty, key)) {
        assertThat(proxy.count("ann")).isEqualTo(1);
        assertThat(proxy.invoke("joe", "count").getStatus().getMessage()).startsWith("SP1007");
        assertThat(output.toString().lines())
            .anyMatch(
                line ->
                    line.contains(" ERROR ")
                        && line.contains("127.0.0.1:" + damaged.port())
                        && line.contains("SP4001")
                        && line.contains("register again"));
        proxy.register(actor(Kind.NAMED, "joe", "count")); // another host has it now
        assertThat(proxy.count("joe")).isEqualTo(1);
      }
    }
  }

  @Test
  void aPolicyThatIsNotUnderstoodIsNoStart(CapturedOutput output) throws Exception {
    Path policies = Files.createDirectory(directory.resolve("policies"));
    Files.writeString(policies.resolve("a.policy"), "type: perhaps\n");

    assertThatThrownBy(
            () -> RunningProxy.start(directory, 8090, "spawn.proxy.policies=" + policies))
        .hasStackTraceContaining("perhaps");
    assertThat(output).contains("APPLICATION FAILED TO START", "a.policy");
  }

  @Test
  void aFileThatIsNoSocketIsNotRemovedForOne() throws Exception {
    Path precious = Files.writeString(directory.resolve("precious.db"), "data");

    assertThatThrownBy(
            () ->
                RunningProxy.start(
                    directory,
                    8090,
                    "spawn.proxy.uds.enabled=true",
                    "spawn.proxy.uds.address=" + precious))
        .hasStackTraceContaining("no socket");
    assertThat(precious).hasContent("data");
  }

  @Test
  void whatItCannotListenWithIsNamed(CapturedOutput output) throws Exception {
    Path file = Files.createFile(directory.resolve("file"));
    refused(output, "'nope'", "spring.ssl.bundle.pem.nope", "server.ssl.bundle=nope");
    refused(
        output,
        file + "/cert.pem",
        "spring.ssl.bundle",
        "server.ssl.bundle=web",
        "spring.ssl.bundle.pem.web.keystore.certificate=" + file + "/cert.pem",
        "spring.ssl.bundle.pem.web.keystore.private-key=" + file + "/key.pem");
    refused(
        output,
        file + "/spawn.sock",
        "PROXY_UDS_ADDRESS",
        "spawn.proxy.uds.enabled=true",
        "spawn.proxy.uds.address=" + file + "/spawn.sock");
    refused(
        output,
        "/proc/spawn.sock",
        "PROXY_UDS_ADDRESS",
        "spawn.proxy.uds.enabled=true",
        "spawn.proxy.uds.address=/proc/spawn.sock");
  }

  @Test
  void whatCannotBeMeantIsNamed(CapturedOutput output) {
    refused(output, "spawn.proxy.policies", "no such directory", "spawn.proxy.policies=/no/where");
    refused(output, "spawn.proxy.host-port", "65535", "spawn.proxy.host-port=99999");
    refused(output, "spawn.proxy.api-token", "leave it out", "spawn.proxy.api-token=");
    refused(output, "spawn.proxy.api-token", "leave it out", "spawn.proxy.api-token= ");
    refused(output, "spawn.proxy.api-token", "visible ASCII", "spawn.proxy.api-token=a b");
    refused(output, "spawn.proxy.body-limit", "above 0", "spawn.proxy.body-limit=-1B");
    refused(output, "spawn.proxy.body-timeout", "above 0", "spawn.proxy.body-timeout=-1s");
  }

  /** The start fails, and the last thing that is printed is an explanation. */
  private void refused(
      CapturedOutput output, String description, String action, String... properties) {
    int before = output.getOut().length();
    assertThatThrownBy(() -> RunningProxy.start(directory, 8090, properties))
        .isInstanceOf(Exception.class);
    String printed = output.getOut().substring(before);
    assertThat(printed).contains("APPLICATION FAILED TO START");
    assertThat(printed.substring(printed.indexOf("Description:")))
        .contains(description, action)
        .doesNotContain("\tat ");
  }

  @Test
  void aUnixSocketIsListenedOnInPlaceOfThePort() throws Exception {
    Path socket = directory.resolve("run/spawn.sock");
    Files.createDirectories(socket.getParent());
    try (ServerSocketChannel killed = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      killed.bind(UnixDomainSocketAddress.of(socket)); // closing leaves the file behind
    }
    try (RunningProxy proxy =
            RunningProxy.start(
                directory,
                8090,
                "spawn.proxy.uds.enabled=true",
                "spawn.proxy.uds.address=" + socket);
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(socket));
      channel.write(
          ByteBuffer.wrap(
              "GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII)));
      StringBuilder answer = new StringBuilder();
      ByteBuffer buffer = ByteBuffer.allocate(4096);
      while (channel.read(buffer) >= 0) {
        answer.append(StandardCharsets.US_ASCII.decode(buffer.flip()));
        buffer.clear();
      }
      assertThat(answer).startsWith("HTTP/1.1 200 OK").contains("{\"status\":\"up\"}");
    }
  }
}
