package org.spawnmesh.proxy;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.spawnmesh.protocol.ActorInvocation;
import org.spawnmesh.protocol.ActorInvocationResponse;
import org.spawnmesh.protocol.Context;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;

/** A small actor host: a real HTTP server whose actions are lambdas. It hears every call. */
final class TestHost implements AutoCloseable {

  /** What an action does. */
  interface Script {
    ActorInvocationResponse.Builder run(ActorInvocation call) throws Exception;
  }

  private static final Scheduler THREADS =
      Schedulers.fromExecutor(Executors.newVirtualThreadPerTaskExecutor());

  private final Map<String, Script> actions = new ConcurrentHashMap<>();
  private final BlockingQueue<ActorInvocation> calls = new LinkedBlockingQueue<>();
  private final DisposableServer server;
  private volatile Map<String, String> lastHeaders = Map.of();
  private volatile boolean closing;

  private TestHost(int port, UnaryOperator<HttpServer> how) {
    server =
        how.apply(HttpServer.create().host("127.0.0.1"))
            .port(port)
            .route(
                routes ->
                    routes.post(
                        "/api/v1/actors/actions",
                        (request, response) -> {
                          lastHeaders = headers(request);
                          response.keepAlive(!closing);
                          return request
                              .receive()
                              .aggregate()
                              .asByteArray()
                              .publishOn(THREADS)
                              .flatMap(
                                  body -> {
                                    try {
                                      byte[] reply = answer(body);
                                      return response
                                          .header("Content-Type", "application/octet-stream")
                                          .sendByteArray(Mono.just(reply))
                                          .then();
                                    } catch (Exception e) {
                                      return response
                                          .status(500)
                                          .sendString(Mono.just("" + e))
                                          .then();
                                    }
                                  });
                        }))
            .bindNow();
  }

  static TestHost start() {
    return start(0);
  }

  static TestHost start(int port) {
    return start(port, UnaryOperator.identity());
  }

  static TestHost start(int port, UnaryOperator<HttpServer> how) {
    TestHost host = new TestHost(port, how);
    host.on("count", TestHost::count);
    host.on("echo", call -> reply(call).setValue(call.getValue()));
    host.on("nothing", TestHost::reply);
    return host;
  }

  private static Map<String, String> headers(HttpServerRequest request) {
    Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    request.requestHeaders().forEach(entry -> headers.put(entry.getKey(), entry.getValue()));
    return headers;
  }

  Map<String, String> headersOfLastCall() {
    return lastHeaders;
  }

  void closesConnections(boolean value) {
    closing = value;
  }

  int port() {
    return server.port();
  }

  TestHost on(String action, Script script) {
    actions.put(action, script);
    return this;
  }

  /** The next call that qualifies; those before it are forgotten. */
  ActorInvocation await(Predicate<ActorInvocation> wanted) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (true) {
      ActorInvocation call = calls.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
      if (call == null) {
        throw new AssertionError("The host was not called in time");
      }
      if (wanted.test(call)) {
        return call;
      }
    }
  }

  ActorInvocation await(String action) throws InterruptedException {
    return await(call -> call.getActionName().equals(action));
  }

  BlockingQueue<ActorInvocation> calls() {
    return calls;
  }

  private byte[] answer(byte[] body) throws Exception {
    ActorInvocation call = ActorInvocation.parseFrom(body);
    calls.add(call);
    Script script = actions.get(call.getActionName());
    if (script == null) {
      throw new IllegalStateException("no action " + call.getActionName());
    }
    return script.run(call).build().toByteArray();
  }

  static ActorInvocationResponse.Builder reply(ActorInvocation call) {
    return ActorInvocationResponse.newBuilder()
        .setActorName(call.getActor().getName())
        .setActorSystem(call.getActor().getSystem())
        .setUpdatedContext(Context.getDefaultInstance());
  }

  static Any number(int n) {
    return Any.newBuilder()
        .setTypeUrl("type.googleapis.com/test.Number")
        .setValue(ByteString.copyFromUtf8(String.valueOf(n)))
        .build();
  }

  static int number(Any any) {
    return any.getValue().isEmpty() ? 0 : Integer.parseInt(any.getValue().toStringUtf8());
  }

  /** Adds one to the state and answers it. */
  private static ActorInvocationResponse.Builder count(ActorInvocation call)
      throws InvalidProtocolBufferException {
    Any next = number(number(call.getCurrentContext().getState()) + 1);
    return reply(call).setUpdatedContext(Context.newBuilder().setState(next)).setValue(next);
  }

  @Override
  public void close() {
    server.disposeNow(Duration.ofSeconds(5));
  }
}
