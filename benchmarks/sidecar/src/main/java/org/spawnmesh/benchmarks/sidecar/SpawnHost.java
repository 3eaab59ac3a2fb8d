package org.spawnmesh.benchmarks.sidecar;

import com.google.protobuf.InvalidProtocolBufferException;
import io.netty.buffer.Unpooled;
import org.spawnmesh.protocol.ActorInvocation;
import org.spawnmesh.protocol.ActorInvocationResponse;
import org.spawnmesh.protocol.Context;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServer;

/** The host of the counter, behind the proxy. */
public final class SpawnHost {

  private SpawnHost() {}

  /** Listens on the port that is the first argument. */
  public static void main(String[] args) {
    HttpServer.create()
        .host("127.0.0.1")
        .port(Integer.parseInt(args[0]))
        .handle(
            (request, response) ->
                request
                    .receive()
                    .aggregate()
                    .asByteArray()
                    .map(SpawnHost::run)
                    .flatMap(
                        body ->
                            response
                                .header("content-type", "application/octet-stream")
                                .header("content-length", Integer.toString(body.length))
                                .send(Mono.just(Unpooled.wrappedBuffer(body)))
                                .then()))
        .bindNow()
        .onDispose()
        .block();
  }

  private static byte[] run(byte[] body) {
    try {
      ActorInvocation invocation = ActorInvocation.parseFrom(body);
      Context before = invocation.getCurrentContext();
      long value = before.hasState() ? CounterState.value(before.getState()) : 0;
      Context.Builder after = Context.newBuilder();
      if (invocation.getActionName().equals("add")) {
        value += CounterState.number(invocation.getValue());
        after.setState(CounterState.of(value, "updated"));
      }
      return ActorInvocationResponse.newBuilder()
          .setActorName(invocation.getActor().getName())
          .setActorSystem(invocation.getActor().getSystem())
          .setUpdatedContext(after)
          .setValue(CounterState.number(value))
          .build()
          .toByteArray();
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException(e);
    }
  }
}
