package org.spawnmesh.spring;

import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.Answer;
import org.spawnmesh.actor.CallChain;
import org.spawnmesh.actor.Failure;
import org.spawnmesh.actor.FailureCode;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.actor.Once;
import org.spawnmesh.actor.Payload;
import org.spawnmesh.actor.PayloadEncodingException;
import org.spawnmesh.actor.ReminderOrder;
import org.spawnmesh.actor.SpawnException;
import org.spawnmesh.host.HostCall;
import org.spawnmesh.store.StoreException;
import org.springframework.core.ParameterizedTypeReference;

/** An {@link ActorRef} through a node. */
final class MeshActorRef implements ActorRef {

  private final Mesh mesh;
  private final ActorId id;

  /** The call in whose name this ref calls; null for whatever the calling thread serves. */
  private final @Nullable HostCall origin;

  private final @Nullable Duration timeout;
  private final Map<String, String> metadata;
  private final @Nullable Once once;

  MeshActorRef(Mesh mesh, ActorId id) {
    this(mesh, id, null, null, Map.of(), null);
  }

  private MeshActorRef(
      Mesh mesh,
      ActorId id,
      @Nullable HostCall origin,
      @Nullable Duration timeout,
      Map<String, String> metadata,
      @Nullable Once once) {
    this.mesh = mesh;
    this.id = id;
    this.origin = origin;
    this.timeout = timeout;
    this.metadata = metadata;
    this.once = once;
  }

  @Override
  public ActorId id() {
    return id;
  }

  @Override
  public MeshActorRef withTimeout(Duration value) {
    if (value.isNegative() || value.isZero()) {
      throw new IllegalArgumentException("The timeout " + value + " is not above 0");
    }
    return new MeshActorRef(mesh, id, origin, value, metadata, once);
  }

  @Override
  public MeshActorRef withMetadata(Map<String, String> entries) {
    return new MeshActorRef(mesh, id, origin, timeout, union(metadata, entries), once);
  }

  @Override
  public MeshActorRef withKey(String key) {
    return new MeshActorRef(mesh, id, origin, timeout, metadata, Once.key(key));
  }

  MeshActorRef inNameOf(@Nullable HostCall call) {
    return call == origin ? this : new MeshActorRef(mesh, id, call, timeout, metadata, once);
  }

  /** For calls that are made later, on another thread. */
  MeshActorRef inNameOfCurrentCall() {
    return origin != null ? this : inNameOf(CurrentCall.get());
  }

  @Override
  public <T> @Nullable T ask(String action, @Nullable Object payload, Class<T> answer) {
    return ask(action, payload, (Type) answer);
  }

  @Override
  public <T> @Nullable T ask(
      String action, @Nullable Object payload, ParameterizedTypeReference<T> answer) {
    return ask(action, payload, answer.getType());
  }

  @SuppressWarnings("unchecked") // the codec of a type decodes nothing else
  private <T> @Nullable T ask(String action, @Nullable Object payload, Type answer) {
    Answer given = Answers.await(send(Invocation.Mode.ASK, action, encode(action, payload)), this);
    return (T) Answers.read(given, mesh.codecs().of(answer), this, action);
  }

  @Override
  public <T> CompletionStage<@Nullable T> askAsync(
      String action, @Nullable Object payload, Class<T> answer) {
    return askAsync(action, payload, (Type) answer);
  }

  @Override
  public <T> CompletionStage<@Nullable T> askAsync(
      String action, @Nullable Object payload, ParameterizedTypeReference<T> answer) {
    return askAsync(action, payload, answer.getType());
  }

  private <T> CompletionStage<@Nullable T> askAsync(
      String action, @Nullable Object payload, Type answer) {
    return Answers.whenGiven(
        send(Invocation.Mode.ASK, action, encode(action, payload)),
        mesh.codecs().of(answer),
        this,
        action);
  }

  @Override
  public void tell(String action, @Nullable Object payload) {
    Answers.await(send(Invocation.Mode.TELL, action, encode(action, payload)), this).orThrow();
  }

  @Override
  public List<PlannedReminder> reminders() {
    try {
      return mesh.node().reminders(id).stream().map(PlannedReminder::of).toList();
    } catch (StoreException e) {
      throw new SpawnException(
          Failure.notExecuted(
              FailureCode.STORE_UNAVAILABLE,
              "The reminders of %s cannot be read: %s".formatted(id.shortName(), e.getMessage())),
          e);
    }
  }

  @Override
  public boolean cancelReminder(String name) {
    Payload encoded = Payload.of("reminder", name.getBytes(StandardCharsets.UTF_8));
    return !Answers.await(send(Invocation.Mode.ASK, ReminderOrder.CANCELLING, encoded), this)
        .orThrow()
        .isNone();
  }

  private Payload encode(String action, @Nullable Object payload) {
    try {
      return mesh.codecs().encode(payload);
    } catch (PayloadEncodingException e) {
      throw unsendable(action, e);
    }
  }

  SpawnException unsendable(String action, PayloadEncodingException e) {
    return new SpawnException(
        Failure.notExecuted(
            FailureCode.PAYLOAD_UNREADABLE,
            "The payload for %s.%s cannot be sent: %s"
                .formatted(id.shortName(), action, e.getMessage())),
        e);
  }

  /**
   * Sends in the name of the call that this ref or this thread serves: an ask carries its chain and
   * waits no longer than it may; both carry its metadata.
   */
  CompletionStage<Answer> send(Invocation.Mode mode, String action, Payload payload) {
    HostCall call = origin != null ? origin : CurrentCall.get();
    long deadline = Invocation.NO_DEADLINE;
    CallChain chain = null;
    ActorId caller = null;
    Map<String, String> passed = metadata;
    if (call != null) {
      caller = call.actor();
      passed = union(call.metadata(), metadata);
      if (mode == Invocation.Mode.ASK) {
        deadline = call.deadline();
        chain = call.chain();
      }
    }
    if (timeout != null) {
      long own = mesh.node().timers().nanoTime() + timeout.toNanos();
      if (deadline == Invocation.NO_DEADLINE || own - deadline < 0) {
        deadline = own;
      }
    }
    return mesh.node()
        .invoke(
            new Invocation(id, action, payload, mode, deadline, caller, chain, passed, 0, once));
  }

  private static Map<String, String> union(Map<String, String> a, Map<String, String> b) {
    if (b.isEmpty()) {
      return a;
    }
    if (a.isEmpty()) {
      return Map.copyOf(b);
    }
    Map<String, String> both = new HashMap<>(a);
    both.putAll(b);
    return Map.copyOf(both);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof MeshActorRef ref && ref.mesh == mesh && ref.id.equals(id);
  }

  @Override
  public int hashCode() {
    return id.hashCode();
  }

  @Override
  public String toString() {
    return id.toString();
  }
}
