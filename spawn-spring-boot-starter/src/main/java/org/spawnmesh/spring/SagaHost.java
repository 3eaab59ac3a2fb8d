package org.spawnmesh.spring;

import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.spawnmesh.actor.ActionDefinition;
import org.spawnmesh.actor.ActorDefinition;
import org.spawnmesh.actor.ActorType;
import org.spawnmesh.actor.Answer;
import org.spawnmesh.actor.CatchUp;
import org.spawnmesh.actor.Durability;
import org.spawnmesh.actor.Effect;
import org.spawnmesh.actor.Execution;
import org.spawnmesh.actor.Failure;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.actor.Kind;
import org.spawnmesh.actor.Once;
import org.spawnmesh.actor.Payload;
import org.spawnmesh.actor.ReminderOrder;
import org.spawnmesh.actor.Timing;
import org.spawnmesh.host.ActorHost;
import org.spawnmesh.host.HostCall;
import org.spawnmesh.host.HostReply;
import org.spawnmesh.spring.SagaStatus.Phase;

/**
 * Takes one step of a saga in each turn of its run. What the run has to do next is its state, and
 * the message that makes it do so is sent in the same commit. Thread-safe.
 */
final class SagaHost<I> implements ActorHost {

  private static final Logger log = LoggerFactory.getLogger(SagaHost.class);

  private static final Duration FIRST_RETRY = Duration.ofSeconds(1);
  private static final Duration LAST_RETRY = Duration.ofMinutes(5);

  private final Saga<I> saga;
  private final Mesh mesh;

  SagaHost(Saga<I> saga, Mesh mesh) {
    this.saga = saga;
    this.mesh = mesh;
  }

  /**
   * Where a run is.
   *
   * @param step the step to take or to make good
   * @param attempts how often that was tried in vain
   * @param inputType type of the input's payload
   * @param input its bytes, in Base64
   */
  record Progress(
      Phase phase,
      int step,
      int attempts,
      String inputType,
      String input,
      @Nullable String reason) {

    Progress at(Phase nextPhase, int nextStep, @Nullable String why) {
      return new Progress(nextPhase, nextStep, 0, inputType, input, why);
    }

    Progress waiting(String why) {
      return new Progress(phase, step, attempts + 1, inputType, input, why);
    }
  }

  static ActorDefinition definition(Saga<?> saga, String system) {
    return ActorDefinition.of(
        new ActorType(system, saga.type()),
        Kind.UNNAMED,
        parts ->
            parts
                .stateful(true)
                .durability(Durability.COMMIT)
                .actions(Saga.START, Saga.ADVANCE)
                .action(new ActionDefinition(Saga.STATUS, true)));
  }

  @Override
  public HostReply call(HostCall call) {
    Payload state = call.state();
    Progress now = state == null ? null : read(state);
    return switch (call.action()) {
      case Saga.START -> now == null ? start(call) : HostReply.of(status(now));
      case Saga.ADVANCE -> now == null ? HostReply.of(Payload.NONE) : advance(call, now);
      default -> HostReply.of(now == null ? Payload.NONE : status(now));
    };
  }

  private Progress read(Payload state) {
    return (Progress) Objects.requireNonNull(mesh.codecs().of(Progress.class).decode(state));
  }

  private Payload status(Progress now) {
    boolean over = now.phase == Phase.DONE || now.phase == Phase.COMPENSATED;
    return mesh.codecs()
        .encode(
            new SagaStatus(now.phase, over ? null : saga.steps().get(now.step).name(), now.reason));
  }

  private HostReply start(HostCall call) {
    Payload input = call.payload();
    Objects.requireNonNull(mesh.codecs().of(saga.input()).decode(input), "A saga needs an input");
    Progress first =
        new Progress(
            Phase.RUNNING,
            0,
            0,
            input.type(),
            Base64.getEncoder().encodeToString(input.bytes()),
            null);
    return HostReply.of(status(first), mesh.codecs().encode(first))
        .withEffects(List.of(goOn(call)));
  }

  private static Effect goOn(HostCall call) {
    return Effect.of(call.actor(), Saga.ADVANCE, Payload.NONE);
  }

  private HostReply advance(HostCall call, Progress now) {
    return switch (now.phase) {
      case RUNNING -> take(call, now);
      case COMPENSATING -> undo(call, now);
      case DONE, COMPENSATED -> HostReply.of(Payload.NONE);
    };
  }

  private HostReply take(HostCall call, Progress now) {
    Saga.Step<I> step = saga.steps().get(now.step);
    Failure failure = ask(call, now, step.call(), step.name() + "/do");
    if (failure == null) {
      return now.step + 1 < saga.steps().size()
          ? next(call, now.at(Phase.RUNNING, now.step + 1, null))
          : over(now.at(Phase.DONE, now.step, null));
    }
    if (isPassing(failure)) {
      return later(call, now, failure);
    }
    log.warn("The saga {} turns back at '{}': {}", call.actor(), step.name(), failure);
    return back(call, now, failure.message());
  }

  private HostReply undo(HostCall call, Progress now) {
    Saga.Step<I> step = saga.steps().get(now.step);
    Failure failure = ask(call, now, Objects.requireNonNull(step.undo()), step.name() + "/undo");
    return failure == null ? back(call, now, now.reason) : later(call, now, failure);
  }

  /** To the last step before this one that has something to make good. */
  private HostReply back(HostCall call, Progress now, @Nullable String why) {
    for (int step = now.step - 1; step >= 0; step--) {
      if (saga.steps().get(step).undo() != null) {
        return next(call, now.at(Phase.COMPENSATING, step, why));
      }
    }
    return over(now.at(Phase.COMPENSATED, 0, why));
  }

  private HostReply next(HostCall call, Progress progress) {
    return over(progress).withEffects(List.of(goOn(call)));
  }

  private HostReply over(Progress progress) {
    return HostReply.of(Payload.NONE, mesh.codecs().encode(progress));
  }

  private HostReply later(HostCall call, Progress now, Failure failure) {
    Progress waiting = now.waiting(failure.message());
    long millis =
        Math.min(LAST_RETRY.toMillis(), FIRST_RETRY.toMillis() << Math.min(now.attempts, 20));
    log.warn(
        "The saga {} waits at '{}', the next attempt is in {} ms: {}",
        call.actor(),
        saga.steps().get(now.step).name(),
        millis,
        failure);
    return over(waiting)
        .withReminders(
            List.of(
                new ReminderOrder.Set(
                    "retry",
                    Timing.after(Duration.ofMillis(millis)),
                    CatchUp.ONE,
                    Saga.ADVANCE,
                    Payload.NONE)));
  }

  /** Null if it has taken effect. */
  private @Nullable Failure ask(
      HostCall call, Progress now, Function<I, Saga.Call> step, String part) {
    Payload input = Payload.of(now.inputType, Base64.getDecoder().decode(now.input));
    I about =
        saga.input().cast(Objects.requireNonNull(mesh.codecs().of(saga.input()).decode(input)));
    Saga.Call what = step.apply(about);
    Invocation invocation =
        new Invocation(
            mesh.id(what.type(), what.name()),
            what.action(),
            mesh.codecs().encode(what.payload()),
            Invocation.Mode.ASK,
            call.deadline(),
            call.actor(),
            call.chain(),
            call.metadata(),
            0,
            Once.key(part + "/" + digest(call)));
    Answer answer = mesh.node().invoke(invocation).toCompletableFuture().join();
    return answer instanceof Answer.Failed failed ? failed.failure() : null;
  }

  /** Of this run; names may be longer than a key. */
  private static String digest(HostCall call) {
    return java.util
        .UUID
        .nameUUIDFromBytes(
            call.actor().toString().getBytes(java.nio.charset.StandardCharsets.UTF_8))
        .toString();
  }

  /** May the same call succeed later, or has it perhaps succeeded already? */
  private static boolean isPassing(Failure failure) {
    if (failure.execution() == Execution.UNKNOWN) {
      return true;
    }
    return switch (failure.code()) {
      case MAILBOX_FULL,
          DEADLINE_PASSED,
          NODE_UNAVAILABLE,
          TOO_MANY_HOPS,
          HOST_UNAVAILABLE,
          NODE_OVERLOADED,
          STATE_UNREADABLE,
          STORE_UNAVAILABLE,
          LOST_OWNERSHIP ->
          true;
      default -> false;
    };
  }
}
