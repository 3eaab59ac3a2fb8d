package org.spawnmesh.spring;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.Failure;
import org.spawnmesh.actor.FailureCode;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.actor.Payload;
import org.spawnmesh.actor.PayloadEncodingException;
import org.spawnmesh.host.ActionFailedException;
import org.spawnmesh.host.HostCall;
import org.spawnmesh.spring.payload.PayloadCodec;

/** The {@link ActorContext} of one turn; decodes the state when it is asked for. */
final class TurnContext implements ActorContext<Object> {

  private final HostCall call;
  private final @Nullable PayloadCodec stateCodec;
  private final Mesh mesh;
  private final MeshActors actors;

  /** The turn's own copy; a race decodes it twice. */
  private volatile @Nullable Optional<Object> state;

  TurnContext(HostCall call, @Nullable PayloadCodec stateCodec, Mesh mesh, MeshActors actors) {
    this.call = call;
    this.stateCodec = stateCodec;
    this.mesh = mesh;
    this.actors = actors;
  }

  @Override
  public ActorId id() {
    return call.actor();
  }

  @Override
  public Optional<Object> state() {
    Optional<Object> known = state;
    if (known == null) {
      Payload stored = call.state();
      known =
          stored == null || stateCodec == null
              ? Optional.empty()
              : Optional.ofNullable(decode(stored, stateCodec));
      state = known;
    }
    return known;
  }

  private @Nullable Object decode(Payload stored, PayloadCodec codec) {
    try {
      return codec.decode(stored);
    } catch (PayloadEncodingException e) {
      throw new ActionFailedException(
          Failure.notExecuted(
              FailureCode.STATE_UNREADABLE,
              "The state of %s at revision %d does not fit the class that its actions declare: %s"
                  .formatted(call.actor(), call.revision(), e.getMessage())),
          e);
    }
  }

  @Override
  public long revision() {
    return call.revision();
  }

  @Override
  public Map<String, String> tags() {
    return call.tags();
  }

  @Override
  public Optional<ActorId> caller() {
    return Optional.ofNullable(call.caller());
  }

  @Override
  public Map<String, String> metadata() {
    return call.metadata();
  }

  @Override
  public Optional<Instant> plannedFor() {
    // what an action calls gets its metadata, too
    return caller()
        .filter(id()::equals)
        .map(self -> metadata().get(HostCall.PLANNED))
        .map(Instant::parse);
  }

  @Override
  public Optional<Duration> timeLeft() {
    if (call.deadline() == Invocation.NO_DEADLINE) {
      return Optional.empty();
    }
    long nanos = call.deadline() - mesh.node().timers().nanoTime();
    return Optional.of(Duration.ofNanos(Math.max(0, nanos)));
  }

  @Override
  public ActorRef ref(String type, String name) {
    return actors.ref(type, name, call);
  }

  @Override
  public <C> C client(Class<C> client, String type, String name) {
    return actors.client(client, type, name, call);
  }

  @Override
  public String toString() {
    return call.invocation().toString();
  }
}
