package org.spawnmesh.runtime;

import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.Answer;
import org.spawnmesh.actor.Failure;
import org.spawnmesh.actor.FailureCode;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.actor.Payload;
import org.spawnmesh.time.Timers;

/**
 * Lets invocations into the node, or refuses them, and sees that whoever waits is answered by the
 * deadline. Never blocks; thread-safe.
 */
final class Door {

  private final NodeSettings settings;
  private final Supplier<NodeStatus> status;
  private final Router router;
  private final Reminders reminders;
  private final Deadlines deadlines;
  private final Timers timers;
  private final Executor turns;
  private final RandomGenerator random;
  private final NodeListener listener;
  private final @Nullable CallTracer tracer;

  Door(
      NodeSettings settings,
      Supplier<NodeStatus> status,
      Router router,
      Reminders reminders,
      Deadlines deadlines,
      Timers timers,
      Executor turns,
      RandomGenerator random,
      NodeListener listener,
      @Nullable CallTracer tracer) {
    this.settings = settings;
    this.status = status;
    this.router = router;
    this.reminders = reminders;
    this.deadlines = deadlines;
    this.timers = timers;
    this.turns = turns;
    this.random = random;
    this.listener = listener;
    this.tracer = tracer;
  }

  /**
   * Of somebody who is to be answered.
   *
   * @param inside as for {@link #pass}
   */
  CompletionStage<Answer> enter(Invocation invocation, boolean inside) {
    CallTracer.Step step = tracer == null ? null : tracer.called(invocation);
    return step == null
        ? pass(invocation, inside)
        : new Followed(pass(step.onward(), inside), step);
  }

  /** Is done when the tracer has heard of the answer, so that whoever waits finds a whole trace. */
  private static final class Followed extends CompletableFuture<Answer> {

    private final Call call;

    Followed(Call call, CallTracer.Step step) {
      this.call = call;
      call.whenComplete(
          (answer, impossible) -> {
            step.ended(answer);
            complete(answer);
          });
    }

    @Override
    public Executor defaultExecutor() {
      return call.defaultExecutor();
    }
  }

  /**
   * As {@link #enter}, of what has entered the mesh before: messages that actors leave behind, and
   * calls from other nodes.
   *
   * @param inside whether the mesh has accepted it already, so that a node that drains takes it
   */
  Call pass(Invocation invocation, boolean inside) {
    boolean asks = invocation.mode() == Invocation.Mode.ASK;
    long now = timers.nanoTime();
    Call call =
        new Call(
            invocation,
            asks && invocation.deadline() == Invocation.NO_DEADLINE
                ? now + settings.timeout().toNanos()
                : invocation.deadline(),
            turns);
    call.observer = listener.invoked(invocation);
    return admit(call, now, inside);
  }

  /** As {@link SpawnNode#invokeAt}. */
  CompletionStage<Answer> later(Invocation invocation, Instant due) {
    CompletableFuture<Answer> answer = new CompletableFuture<>();
    Failure refusal = refusal(new Call(invocation, Invocation.NO_DEADLINE, turns), 0, false);
    if (refusal == null) {
      reminders.plan(
          ReminderPlans.later(invocation, due, random),
          failure -> answer.complete(failure == null ? Answer.EMPTY : Answer.failed(failure)));
    } else {
      answer.complete(Answer.failed(refusal));
    }
    return answer;
  }

  /** As {@link Repair#replace}. */
  CompletionStage<Answer> replace(ActorId actor, String what, Replacement replacement) {
    long now = timers.nanoTime();
    Invocation invocation = Invocation.ask(actor, what, Payload.NONE);
    Call call = new Call(invocation, now + settings.timeout().toNanos(), turns);
    call.replacement = replacement;
    return admit(call, now, false);
  }

  private Call admit(Call call, long now, boolean inside) {
    Failure refusal = refusal(call, now, inside);
    if (refusal != null) {
      call.fail(refusal);
      return call;
    }
    router.route(call);
    if (call.invocation.mode() == Invocation.Mode.ASK && !call.isDone()) {
      deadlines.watch(call);
    }
    return call;
  }

  private @Nullable Failure refusal(Call call, long now, boolean accepted) {
    Invocation invocation = call.invocation;
    NodeStatus current = status.get();
    if (current != NodeStatus.ACCEPTING && current != NodeStatus.LEAVING) {
      // a draining node still serves the actions it has accepted
      boolean inside = accepted || invocation.chain() != null || invocation.caller() != null;
      if (current != NodeStatus.DRAINING || !inside) {
        return Failure.notExecuted(
                FailureCode.NODE_UNAVAILABLE,
                "%s was refused: the node is %s".formatted(invocation, current))
            .retryAfter(settings.retryAfter());
      }
    }
    if (call.isOverdue(now)) {
      return Failure.notExecuted(
          FailureCode.DEADLINE_PASSED, invocation + " came after its deadline");
    }
    int size = invocation.payload().knownSize();
    if (size > settings.payloadLimit()) {
      return Failure.notExecuted(
          FailureCode.PAYLOAD_TOO_LARGE,
          "The payload of %s has %d bytes; the limit is %d"
              .formatted(invocation, size, settings.payloadLimit()));
    }
    return null;
  }
}
