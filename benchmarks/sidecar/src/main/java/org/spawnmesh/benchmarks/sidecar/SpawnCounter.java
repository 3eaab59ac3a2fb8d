package org.spawnmesh.benchmarks.sidecar;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.concurrent.CompletionStage;
import org.spawnmesh.benchmarks.harness.Counter;
import org.spawnmesh.protocol.InvocationRequest;
import org.spawnmesh.protocol.InvocationResponse;
import org.spawnmesh.protocol.Status;
import org.spawnmesh.protocol.actors.Actor;
import org.spawnmesh.protocol.actors.ActorId;
import org.spawnmesh.protocol.actors.ActorSystem;

/**
 * Calls through the proxy, as an SDK does.
 *
 * @param read the action that answers the value: the host's, or one that the proxy answers itself
 */
record SpawnCounter(Http http, String read) implements Counter {

  static final String SYSTEM = "bench";
  static final String TYPE = "Counter";

  @Override
  public CompletionStage<Long> add(int actor, long n) {
    return invoke(actor, "add", CounterState.number(n));
  }

  @Override
  public CompletionStage<Long> get(int actor) {
    return invoke(actor, read, null);
  }

  private CompletionStage<Long> invoke(
      int actor, String action, @org.jspecify.annotations.Nullable Any payload) {
    String name = "c" + actor;
    InvocationRequest.Builder request =
        InvocationRequest.newBuilder()
            .setSystem(ActorSystem.newBuilder().setName(SYSTEM))
            .setActor(
                Actor.newBuilder()
                    .setId(ActorId.newBuilder().setName(name).setSystem(SYSTEM).setParent(TYPE)))
            .setActionName(action)
            .setRegisterRef(TYPE);
    if (payload != null) {
      request.setValue(payload);
    }
    return http.post(
            "/api/v1/system/" + SYSTEM + "/actors/" + name + "/invoke",
            request.build().toByteArray())
        .thenApply(SpawnCounter::value);
  }

  private static long value(byte[] body) {
    try {
      InvocationResponse response = InvocationResponse.parseFrom(body);
      if (response.getStatus().getStatus() != Status.OK) {
        throw new IllegalStateException(response.getStatus().getMessage());
      }
      if (!response.hasValue()) {
        return 0; // an actor without state
      }
      return response.getValue().getTypeUrl().equals(CounterState.TYPE)
          ? CounterState.value(response.getValue())
          : CounterState.number(response.getValue());
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException(e);
    }
  }
}
