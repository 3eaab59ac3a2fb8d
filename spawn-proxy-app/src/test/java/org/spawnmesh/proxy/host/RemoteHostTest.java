package org.spawnmesh.proxy.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.spawnmesh.proxy.host.RawHost.http;
import static org.spawnmesh.proxy.host.RawHost.join;
import static org.spawnmesh.proxy.host.RawHost.ok;
import static org.spawnmesh.proxy.host.RawHost.reply;
import static org.spawnmesh.proxy.host.TestHosts.JOE;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.Execution;
import org.spawnmesh.actor.FailureCode;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.actor.Payload;
import org.spawnmesh.host.ActionFailedException;
import org.spawnmesh.host.HostCall;
import org.spawnmesh.host.HostReply;
import org.spawnmesh.protocol.ActorInvocation;
import org.spawnmesh.protocol.ActorInvocationResponse;
import org.spawnmesh.protocol.Context;

/** What hosts do to a proxy, on real sockets. */
class RemoteHostTest {

  private static final Duration SHORT = Duration.ofMillis(300);

  private TestHosts hosts = new TestHosts();

  @AfterEach
  void close() {
    hosts.close();
  }

  private void properties(String... properties) {
    hosts.close();
    hosts = new TestHosts(properties);
  }

  private ActionFailedException failure(RawHost host) {
    return failure(host, Duration.ofSeconds(20));
  }

  private ActionFailedException failure(RawHost host, Duration within) {
    ActionFailedException failure =
        catchThrowableOfType(ActionFailedException.class, () -> hosts.call(host, within));
    assertThat(failure).isNotNull();
    return failure;
  }

  @Nested
  class Requests {

    @Test
    void c4_aNamedActorIsSentWithoutParent() throws Exception {
      try (RawHost host = RawHost.answering(ok(reply()))) {
        hosts.call(host);

        ActorInvocation sent = host.request().invocation();
        assertThat(sent.getActor().getSystem()).isEqualTo("shop");
        assertThat(sent.getActor().getName()).isEqualTo("joe");
        assertThat(sent.getActor().getParent()).isEmpty();
        assertThat(sent.getCurrentContext().getSelf()).isEqualTo(sent.getActor());
        assertThat(sent.hasCaller()).isFalse();
        assertThat(sent.getCurrentContext().hasCaller()).isFalse();
      }
    }

    @Test
    void c4_anInstanceIsSentWithItsDefinitionAsParent() throws Exception {
      try (RawHost host = RawHost.answering(ok(reply()))) {
        ActorId alice = ActorId.of("shop", "Cart", "alice");
        Invocation invocation =
            new Invocation(
                alice,
                "add",
                Payload.of("type.googleapis.com/shop.Item", new byte[] {8, 1}),
                Invocation.Mode.ASK,
                Invocation.NO_DEADLINE,
                JOE,
                null,
                Map.of("request-timeout", "1000", "trace", "7"),
                0);
        hosts
            .at(host)
            .call(
                new HostCall(
                    invocation,
                    Invocation.NO_DEADLINE,
                    Payload.of("type.googleapis.com/shop.Items", new byte[] {8, 2}),
                    Map.of("colour", "green"),
                    3));

        ActorInvocation sent = host.request().invocation();
        assertThat(sent.getActor().getName()).isEqualTo("alice");
        assertThat(sent.getActor().getParent()).isEqualTo("Cart");
        assertThat(sent.getActionName()).isEqualTo("add");
        assertThat(sent.getCaller().getName()).isEqualTo("joe");
        assertThat(sent.getCurrentContext().getCaller()).isEqualTo(sent.getCaller());
        assertThat(sent.getCurrentContext().getMetadataMap())
            .containsOnly(Map.entry("request-timeout", "1000"), Map.entry("trace", "7"));
        assertThat(sent.getCurrentContext().getTagsMap())
            .containsOnly(Map.entry("colour", "green"));
        assertThat(sent.getCurrentContext().getState().getTypeUrl())
            .isEqualTo("type.googleapis.com/shop.Items");
        assertThat(sent.getValue().getTypeUrl()).isEqualTo("type.googleapis.com/shop.Item");
        assertThat(sent.getValue().getValue().toByteArray()).containsExactly(8, 1);
      }
    }

    @Test
    void c5_withoutStateTheContextHasNone() throws Exception {
      try (RawHost host = RawHost.answering(ok(reply()))) {
        for (Payload none : new Payload[] {null, Payload.NONE, Payload.of("", new byte[0])}) {
          hosts.at(host).call(TestHosts.call(Payload.NONE, none, Duration.ofSeconds(20)));

          assertThat(host.request().invocation().getCurrentContext().hasState()).isFalse();
        }
      }
    }

    @Test
    void c7_theRequestIsWhatTheStrictestHostTakes() throws Exception {
      try (RawHost host = RawHost.answering(ok(reply()))) {
        hosts.call(host);

        RawHost.Request request = host.request();
        assertThat(request.line()).isEqualTo("POST /api/v1/actors/actions HTTP/1.1");
        assertThat(request.headers())
            .containsEntry("content-type", "application/octet-stream")
            .containsEntry("content-length", String.valueOf(request.body().length))
            .containsEntry("host", host.address().toString())
            .doesNotContainKey("transfer-encoding");
      }
    }

    @Test
    void c7_headAndBodyArriveInOnePiece() throws Exception {
      CompletableFuture<Integer> firstPiece = new CompletableFuture<>();
      byte[] large = new byte[60_000];
      try (RawHost host =
          new RawHost(
              peer -> {
                byte[] piece = new byte[1 << 17];
                firstPiece.complete(peer.socket.getInputStream().read(piece));
                peer.write(ok(reply()));
                peer.awaitClose();
              })) {
        hosts
            .at(host)
            .call(
                TestHosts.call(
                    Payload.of("type.googleapis.com/x.Y", large), null, Duration.ofSeconds(20)));

        assertThat(firstPiece.join()).isGreaterThan(large.length);
      }
    }
  }

  @Nested
  class Replying {

    @Test
    void c8_aKeptConnectionIsUsedAgain() throws Exception {
      try (RawHost host = RawHost.answering(ok(reply()))) {
        for (int i = 0; i < 10; i++) {
          hosts.call(host);
        }

        assertThat(host.accepted).hasValue(1);
      }
    }

    @Test
    void c8_aHostMayCloseAfterEveryReply() throws Exception {
      byte[] closing = http("200 OK", "x/y", reply().toByteArray(), "Connection: close");
      try (RawHost host =
          new RawHost(
              peer -> {
                peer.next();
                peer.write(closing);
              })) {
        for (int i = 0; i < 50; i++) {
          hosts.call(host);
        }

        assertThat(host.requests).hasSize(50);
        assertThat(host.accepted).hasValue(50);
      }
    }

    @Test
    void c8_aReplyMayBeOfTheOldestKind() throws Exception {
      byte[] body = withState(7).toByteArray();
      try (RawHost host =
          new RawHost(
              peer -> {
                peer.next();
                peer.write("HTTP/1.0 200 OK\r\nContent-Length: " + body.length + "\r\n\r\n");
                peer.write(body);
              })) {
        for (int i = 0; i < 3; i++) {
          assertThat(hosts.call(host).state().bytes()).containsExactly(7);
        }
      }
    }

    @Test
    void c8_aReplyMayComeInChunksAndAfterAContinue() throws Exception {
      byte[] body = withState(7).toByteArray();
      try (RawHost host =
          new RawHost(
              peer -> {
                while (peer.next() != null) {
                  peer.write("HTTP/1.1 100 Continue\r\n\r\n");
                  peer.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
                  for (byte part : body) {
                    peer.write(join("1\r\n".getBytes(), new byte[] {part}, "\r\n".getBytes()));
                  }
                  peer.write("0\r\n\r\n");
                }
              })) {
        for (int i = 0; i < 3; i++) {
          assertThat(hosts.call(host).state().bytes()).containsExactly(7);
        }
        assertThat(host.accepted).hasValue(1);
      }
    }

    @Test
    void c8_aConnectionThatTheHostClosedBetweenRequestsIsNotMissed() throws Exception {
      try (RawHost host =
          new RawHost(
              peer -> {
                peer.next();
                peer.write(ok(reply())); // and closes without having said so
              })) {
        List<Execution> failures = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
          try {
            hosts.call(host);
          } catch (ActionFailedException e) {
            failures.add(e.execution());
          }
        }

        // a request that meets the closing may have arrived, so it is not sent twice
        assertThat(failures).allMatch(Execution.UNKNOWN::equals);
        assertThat(host.requests.size()).isEqualTo(200 - failures.size());
      }
    }

    @Test
    void theContentTypeOfAReplyDoesNotMatter() throws Exception {
      try (RawHost host =
          RawHost.answering(http("200 OK", "text/html", withState(7).toByteArray()))) {
        assertThat(hosts.call(host).state().bytes()).containsExactly(7);
      }
    }

    @Test
    void aSlowDripIsWaitedForWithinTheDeadline() throws Exception {
      byte[] response = ok(withState(7));
      try (RawHost host =
          new RawHost(
              peer -> {
                while (peer.next() != null) {
                  for (byte part : response) {
                    peer.write(new byte[] {part});
                  }
                }
              })) {
        assertThat(hosts.call(host).state().bytes()).containsExactly(7);
      }
    }

    @Test
    void aSecondReplyIsNeverTakenForTheNextOnes() throws Exception {
      try (RawHost host =
          new RawHost(
              peer -> {
                byte number = 0;
                while (peer.next() != null) {
                  number++;
                  peer.write(join(ok(withState(number)), ok(withState(99))));
                }
              })) {
        for (int i = 0; i < 50; i++) {
          assertThat(hosts.call(host).state().bytes()).containsExactly(1);
        }
        assertThat(host.accepted).hasValue(50);
      }
    }

    @Test
    void halfOfASecondReplyIsNotEither() throws Exception {
      try (RawHost host =
          new RawHost(
              peer -> {
                while (peer.next() != null) {
                  peer.write(join(ok(withState(1)), "HTTP/1.1 20".getBytes()));
                }
              })) {
        for (int i = 0; i < 10; i++) {
          assertThat(hosts.call(host).state().bytes()).containsExactly(1);
        }
      }
    }

    @Test
    void whatComesBeforeTheRequestWasSentIsNotItsAnswer() throws Exception {
      CountDownLatch seen = new CountDownLatch(1);
      try (RawHost host =
          new RawHost(
              peer -> {
                peer.write(ok(withState(99)));
                seen.await(10, TimeUnit.SECONDS); // and reads nothing
              })) {
        Payload large = Payload.of("type.googleapis.com/x.Y", new byte[64 << 20]);
        HostCall call = TestHosts.call(large, null, Duration.ofSeconds(20));

        assertThatThrownBy(() -> hosts.at(host).call(call))
            .isInstanceOfSatisfying(
                ActionFailedException.class,
                e -> {
                  assertThat(e.code()).isEqualTo(FailureCode.REPLY_INVALID);
                  assertThat(e.execution()).isEqualTo(Execution.UNKNOWN);
                  assertThat(e).hasMessageContaining("before the whole request");
                });
        seen.countDown();
      }
    }

    @Test
    void aRefusalMayComeBeforeTheRequestWasSent() throws Exception {
      CountDownLatch seen = new CountDownLatch(1);
      try (RawHost host =
          new RawHost(
              peer -> {
                peer.write(http("413 Content Too Large", "text/plain", "too much".getBytes()));
                seen.await(10, TimeUnit.SECONDS);
              })) {
        Payload large = Payload.of("type.googleapis.com/x.Y", new byte[64 << 20]);
        HostCall call = TestHosts.call(large, null, Duration.ofSeconds(20));

        assertThatThrownBy(() -> hosts.at(host).call(call))
            .hasMessageContaining("HTTP 413 too much");
        seen.countDown();
      }
    }

    @Test
    void whatComesUnaskedEndsTheConnection() throws Exception {
      CountDownLatch closed = new CountDownLatch(1);
      try (RawHost host =
          new RawHost(
              peer -> {
                peer.next();
                peer.write(ok(withState(1)));
                if (peer.number == 1) {
                  hosts.meters.counter("said").increment();
                  peer.write(ok(withState(99)));
                  peer.awaitClose();
                  closed.countDown();
                }
              })) {
        assertThat(hosts.call(host).state().bytes()).containsExactly(1);
        assertThat(closed.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(hosts.call(host).state().bytes()).containsExactly(1);
      }
    }
  }

  @Nested
  class Failing {

    @ParameterizedTest
    @ValueSource(
        strings = {
          "<html>not at all</html>\r\n\r\n",
          "HTTP/1.1 abc\r\n\r\n",
          "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n",
          "HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n",
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
          "\u0000\u0001\u0002\r\n\r\n"
        })
    void whatIsNoHttpFailsTheActionWhichMayHaveRun(String garbage) throws Exception {
      try (RawHost host =
          new RawHost(
              peer -> {
                peer.next();
                peer.write(garbage);
                peer.awaitClose();
              })) {
        ActionFailedException failure = failure(host);

        assertThat(failure.code()).isEqualTo(FailureCode.REPLY_INVALID);
        assertThat(failure.execution()).isEqualTo(Execution.UNKNOWN);
      }
    }

    @Test
    void whatIsNoReplyFailsTheActionAndIsQuoted() throws Exception {
      byte[] page = "<html>\n  Welcome to <b>nginx</b>!</html>".getBytes(StandardCharsets.UTF_8);
      try (RawHost host = RawHost.answering(http("200 OK", "text/html", page))) {
        assertThat(failure(host))
            .hasMessageContaining("no ActorInvocationResponse")
            .hasMessageContaining("Welcome to <b>nginx</b>!")
            .extracting(ActionFailedException::code)
            .isEqualTo(FailureCode.REPLY_INVALID);
      }
    }

    @Test
    void anEmptyBodyFailsTheAction() throws Exception {
      try (RawHost host = RawHost.answering(http("200 OK", "x/y", new byte[0]))) {
        assertThat(failure(host)).hasMessageContaining("empty body");
      }
    }

    @Test
    void aConnectionClosedWithoutAReplyMayHaveRun() throws Exception {
      try (RawHost host = new RawHost(RawHost.Peer::next)) {
        ActionFailedException failure = failure(host);

        assertThat(failure.code()).isEqualTo(FailureCode.HOST_UNAVAILABLE);
        assertThat(failure.execution()).isEqualTo(Execution.UNKNOWN);
        assertThat(host.requests).hasSize(1);
      }
    }

    @Test
    void aConnectionKilledAfterTheRequestMayHaveRunAndIsNotSentAgain() throws Exception {
      try (RawHost host =
          new RawHost(
              peer -> {
                peer.next();
                peer.reset();
              })) {
        ActionFailedException failure = failure(host);

        assertThat(failure.code()).isEqualTo(FailureCode.HOST_UNAVAILABLE);
        assertThat(failure.execution()).isEqualTo(Execution.UNKNOWN);
        assertThat(host.requests).hasSize(1);
      }
    }

    @Test
    void halfAReplyIsNone() throws Exception {
      byte[] response = ok(withState(7));
      try (RawHost host =
          new RawHost(
              peer -> {
                peer.next();
                peer.write(java.util.Arrays.copyOf(response, response.length - 3));
              })) {
        assertThat(failure(host).execution()).isEqualTo(Execution.UNKNOWN);
      }
    }

    /** A whole field is missing, and what is left is a reply nevertheless. */
    @Test
    void aReplyThatEndsWithItsConnectionMayBeCutOff() throws Exception {
      for (String version : List.of("1.0", "1.1")) {
        try (RawHost host =
            new RawHost(
                peer -> {
                  peer.next();
                  peer.write("HTTP/" + version + " 200 OK\r\nConnection: close\r\n\r\n");
                  peer.write(reply().toByteArray());
                })) {
          ActionFailedException failure = failure(host);

          assertThat(failure).hasMessageContaining("Content-Length");
          assertThat(failure.code()).isEqualTo(FailureCode.REPLY_INVALID);
          assertThat(failure.execution()).isEqualTo(Execution.UNKNOWN);
        }
      }
    }

    @Test
    void aFailureMayEndWithItsConnection() throws Exception {
      try (RawHost host =
          new RawHost(
              peer -> {
                peer.next();
                peer.write("HTTP/1.0 500 Oops\r\nContent-Type: text/plain\r\n\r\nout of tea");
              })) {
        assertThat(failure(host)).hasMessageContaining("HTTP 500 out of tea");
      }
    }

    @Test
    void aReplyWithoutContentNeedsNoLength() throws Exception {
      try (RawHost host =
          RawHost.answering(
              "HTTP/1.1 204 No Content\r\n\r\n".getBytes(StandardCharsets.US_ASCII))) {
        assertThat(failure(host))
            .hasMessageContaining("empty body")
            .extracting(ActionFailedException::execution)
            .isEqualTo(Execution.EXECUTED);
      }
    }

    @Test
    void aProxyThatStopsHasNotSentIt() throws Exception {
      try (RawHost host = RawHost.answering(ok(reply()))) {
        hosts.call(host);
        hosts.endLoops();

        ActionFailedException failure = failure(host);

        assertThat(failure.code()).isEqualTo(FailureCode.HOST_UNAVAILABLE);
        assertThat(failure.execution()).isEqualTo(Execution.NOT_EXECUTED);
        assertThat(failure).hasMessageContaining("the proxy stops"); // at once
        assertThat(host.requests).hasSize(1);
      }
    }

    @Test
    void aLateReplyMayHaveRunAndIsNobodysAnswer() throws Exception {
      CountDownLatch asked = new CountDownLatch(1);
      try (RawHost host =
          new RawHost(
              peer -> {
                peer.next();
                if (peer.number == 1) {
                  peer.awaitClose();
                  asked.countDown();
                } else {
                  peer.write(ok(withState(2)));
                }
              })) {
        ActionFailedException failure = failure(host, SHORT);

        assertThat(failure.code()).isEqualTo(FailureCode.DEADLINE_PASSED);
        assertThat(failure.execution()).isEqualTo(Execution.UNKNOWN);
        assertThat(asked.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(hosts.call(host).state().bytes()).containsExactly(2);
      }
    }

    @Test
    void aHostHasItsTimeoutAlsoWhenNobodyWaits() throws Exception {
      properties("timeout", "200ms");
      try (RawHost host = new RawHost(RawHost.Peer::awaitClose)) {
        HostCall init =
            new HostCall(
                Invocation.tell(JOE, "init", Payload.NONE),
                Invocation.NO_DEADLINE,
                null,
                Map.of(),
                0);

        assertThatThrownBy(() -> hosts.at(host).call(init))
            .isInstanceOfSatisfying(
                ActionFailedException.class,
                e -> assertThat(e.code()).isEqualTo(FailureCode.DEADLINE_PASSED));
      }
    }

    @Test
    void aRedirectIsNotFollowed() throws Exception {
      try (RawHost host =
          RawHost.answering(
              http("302 Found", "text/plain", new byte[0], "Location: http://127.0.0.1:1/"))) {
        assertThat(failure(host)).hasMessageContaining("HTTP 302");
        assertThat(host.requests).hasSize(1);
      }
    }

    @Test
    void aReplyOfAHundredMegabytesIsRefusedAtItsAnnouncement() throws Exception {
      try (RawHost host =
          new RawHost(
              peer -> {
                peer.next();
                peer.write("HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n");
                peer.awaitClose();
              })) {
        assertThat(failure(host))
            .hasMessageContaining("100000000 bytes")
            .extracting(ActionFailedException::code)
            .isEqualTo(FailureCode.REPLY_INVALID);
      }
    }

    @Test
    void anUnannouncedOneIsCutOffAtTheLimit() throws Exception {
      CountDownLatch cut = new CountDownLatch(1);
      try (RawHost host =
          new RawHost(
              peer -> {
                peer.next();
                peer.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
                try {
                  for (int i = 0; i < 100; i++) {
                    peer.write("100000\r\n");
                    peer.write(new byte[1 << 20]);
                    peer.write("\r\n");
                  }
                } catch (IOException e) {
                  cut.countDown();
                }
              })) {
        assertThat(failure(host)).hasMessageContaining("the limit is 8388608");
        assertThat(cut.await(10, TimeUnit.SECONDS)).isTrue();
      }
    }

    @Test
    void aHalfOpenHostTakesUntilTheDeadline() throws Exception {
      try (RawHost host =
          new RawHost(
              peer -> {
                peer.next();
                peer.socket.shutdownInput();
                new CountDownLatch(1).await(5, TimeUnit.SECONDS);
              })) {
        assertThat(failure(host, SHORT).code()).isEqualTo(FailureCode.DEADLINE_PASSED);
      }
    }

    @Test
    void theErrorsOfTheKnownHostsAreToldWithTheirReason() throws Exception {
      String springs =
          """
          {"timestamp":"2026-01-01","status":500,"error":"Internal Server Error","path":"/x"}""";
      try (RawHost springBoot =
              RawHost.answering(
                  http("500 Internal Server Error", "application/json", springs.getBytes()));
          RawHost python =
              RawHost.answering(
                  http(
                      "500 INTERNAL SERVER ERROR",
                      "text/html; charset=utf-8",
                      "<title>500 Internal Server Error</title>".getBytes()));
          RawHost node = RawHost.answering(http("400 Bad Request", "x/y", new byte[0]))) {
        assertThat(failure(springBoot))
            .hasMessageContaining("joe/joe.add failed")
            .hasMessageContaining("HTTP 500 {\"timestamp\"");
        assertThat(failure(python)).hasMessageContaining("HTTP 500 <title>500 Internal");
        assertThat(failure(node)).hasMessageContaining("HTTP 400");
        for (RawHost host : List.of(springBoot, python, node)) {
          assertThat(failure(host).code()).isEqualTo(FailureCode.ACTION_FAILED);
          assertThat(failure(host).execution()).isEqualTo(Execution.EXECUTED);
        }
      }
    }

    @Test
    void aPayloadThatCannotBeEncodedIsNotSent() throws Exception {
      try (RawHost host = RawHost.answering(ok(reply()))) {
        Payload unwritable =
            new Payload() {
              @Override
              public String type() {
                return "x";
              }

              @Override
              public byte[] bytes() {
                throw new org.spawnmesh.actor.PayloadEncodingException("refers to itself", null);
              }

              @Override
              public int knownSize() {
                return -1;
              }
            };

        assertThatThrownBy(
                () -> hosts.at(host).call(TestHosts.call(unwritable, null, Duration.ofSeconds(5))))
            .isInstanceOfSatisfying(
                ActionFailedException.class,
                e -> assertThat(e.execution()).isEqualTo(Execution.NOT_EXECUTED));
        assertThat(host.accepted).hasValue(0);
      }
    }
  }

  @Nested
  class Overload {

    private static final int SIZE = 150_000;

    private final CountDownLatch begin = new CountDownLatch(1);
    private final CountDownLatch finish = new CountDownLatch(1);

    /** Sends the most of a reply, and later the rest. */
    private RawHost slow() throws IOException {
      byte[] body =
          ActorInvocationResponse.newBuilder()
              .setUpdatedContext(Context.getDefaultInstance())
              .setValue(Any.newBuilder().setTypeUrl("x/y").setValue(zeros(SIZE)))
              .build()
              .toByteArray();
      byte[] answer = http("200 OK", "x/y", body);
      return new RawHost(
          peer -> {
            while (peer.next() != null) {
              begin.await(20, TimeUnit.SECONDS);
              peer.write(java.util.Arrays.copyOf(answer, answer.length - 10));
              finish.await(20, TimeUnit.SECONDS);
              peer.write(java.util.Arrays.copyOfRange(answer, answer.length - 10, answer.length));
            }
          });
    }

    private static ByteString zeros(int size) {
      return ByteString.copyFrom(new byte[size]);
    }

    private void awaitReplyBytes(int least) {
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
      while (hosts.replyBytes() < least && System.nanoTime() < end) {
        Thread.onSpinWait();
      }
      assertThat(hosts.replyBytes()).isGreaterThanOrEqualTo(least);
    }

    @Test
    void whenHalfOfTheMemoryForRepliesIsTakenNoMoreActionsAreBegun() throws Exception {
      properties("reply-size", "200KB", "reply-bytes-in-flight", "600KB");
      begin.countDown();
      try (RawHost host = slow();
          RawHost other = RawHost.answering(ok(withState(7)));
          ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
        List<Future<HostReply>> under = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
          under.add(callers.submit(() -> hosts.call(host)));
          awaitReplyBytes((i + 1) * (SIZE - 1_000));
        }

        ActionFailedException refused = failure(other);

        assertThat(refused.code()).isEqualTo(FailureCode.NODE_OVERLOADED);
        assertThat(refused.execution()).isEqualTo(Execution.NOT_EXECUTED);
        assertThat(refused.failure().retryAfter()).isPositive();
        assertThat(refused).hasMessageContaining("spawn.proxy.host.reply-bytes-in-flight");
        assertThat(other.accepted).hasValue(0);
        finish.countDown();
        for (Future<HostReply> reply : under) {
          assertThat(reply.get().payload().bytes()).hasSize(SIZE);
        }
        assertThat(hosts.replyBytes()).isZero();
        assertThat(hosts.call(other).state().bytes()).containsExactly(7);
      }
    }

    @Test
    void aReplyThatThereIsNoMemoryForMayHaveRun() throws Exception {
      properties("reply-size", "200KB", "reply-bytes-in-flight", "600KB");
      try (RawHost host = slow();
          ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
        List<Future<HostReply>> under = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
          under.add(callers.submit(() -> hosts.call(host)));
          host.request();
        }
        begin.countDown();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (under.stream().filter(Future::isDone).count() < 4) { // four find room at most
          assertThat(System.nanoTime()).isLessThan(end);
          Thread.onSpinWait();
        }
        finish.countDown();

        int refused = 0;
        for (Future<HostReply> reply : under) {
          try {
            assertThat(reply.get().payload().bytes()).hasSize(SIZE);
          } catch (ExecutionException e) {
            assertThat(e.getCause())
                .isInstanceOfSatisfying(
                    ActionFailedException.class,
                    none -> {
                      assertThat(none.code()).isEqualTo(FailureCode.NODE_OVERLOADED);
                      assertThat(none.execution()).isEqualTo(Execution.UNKNOWN);
                    });
            refused++;
          }
        }
        assertThat(refused).isBetween(4, 7);
        assertThat(hosts.replyBytes()).isZero();
      }
    }

    @Test
    void moreCallsThanConnectionsWait() throws Exception {
      properties("connections", "2", "calls", "64");
      try (RawHost host = RawHost.answering(ok(reply()));
          ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
        List<Future<HostReply>> replies = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
          replies.add(callers.submit(() -> hosts.call(host)));
        }
        for (Future<HostReply> reply : replies) {
          reply.get();
        }

        assertThat(host.accepted).hasValueLessThanOrEqualTo(2);
        assertThat(host.requests).hasSize(64);
      }
    }

    @Test
    void whoFindsNoConnectionInTimeHasNotRun() throws Exception {
      properties("connections", "1", "calls", "2");
      CountDownLatch asked = new CountDownLatch(1);
      try (RawHost host =
              new RawHost(
                  peer -> {
                    peer.next();
                    asked.countDown();
                    peer.awaitClose();
                  });
          ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
        Future<HostReply> first = callers.submit(() -> hosts.call(host, Duration.ofSeconds(2)));
        assertThat(asked.await(10, TimeUnit.SECONDS)).isTrue();

        assertThat(failure(host, SHORT).execution()).isEqualTo(Execution.NOT_EXECUTED);

        first.cancel(true);
      }
    }

    @Test
    void moreCallsThanTheLimitAreRefusedAtOnce() throws Exception {
      properties("connections", "1", "calls", "1");
      CountDownLatch asked = new CountDownLatch(1);
      try (RawHost host =
              new RawHost(
                  peer -> {
                    peer.next();
                    asked.countDown();
                    peer.awaitClose();
                  });
          ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
        Future<HostReply> first = callers.submit(() -> hosts.call(host));
        assertThat(asked.await(10, TimeUnit.SECONDS)).isTrue();

        ActionFailedException failure = failure(host);

        assertThat(failure.execution()).isEqualTo(Execution.NOT_EXECUTED);
        assertThat(failure.failure().retryAfter()).isPositive();
        first.cancel(true);
      }
    }
  }

  static ActorInvocationResponse withState(int value) {
    ActorInvocationResponse.Builder reply = ActorInvocationResponse.newBuilder();
    reply
        .getUpdatedContextBuilder()
        .setState(
            Any.newBuilder()
                .setTypeUrl("type.googleapis.com/shop.Count")
                .setValue(ByteString.copyFrom(new byte[] {(byte) value})));
    return reply.build();
  }
}
