package org.spawnmesh.runtime;

import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.spawnmesh.actor.ActionDefinition;
import org.spawnmesh.actor.Answer;
import org.spawnmesh.actor.Failure;
import org.spawnmesh.actor.FailureCode;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.actor.Payload;
import org.spawnmesh.host.ActionFailedException;
import org.spawnmesh.host.HostCall;
import org.spawnmesh.host.HostReply;
import org.spawnmesh.store.ReminderChange;

/**
 * One action on one activation: calls the host and decides what comes of it. Stop 5 of an
 * invocation's way. Runs on the activation's thread; changes nothing itself.
 *
 * @param hosting the actor's declaration and its host
 * @param call what to run; claimed by the caller of {@link #run}
 * @param before what the activation holds
 */
record Turn(Hosting hosting, Call call, Held before) {

  private static final Logger log = LoggerFactory.getLogger(Turn.class);

  Decision run(int stateLimit, InstantSource clock) {
    Invocation invocation = call.invocation;
    Replacement replacement = call.replacement;
    if (replacement != null) {
      return replacement.decide(hosting, invocation, before, stateLimit);
    }
    ActionDefinition action = hosting.definition().action(invocation.action());
    if (action == null) {
      return Decision.answer(defaultAnswer());
    }
    @Nullable HostReply reply;
    try {
      reply =
          hosting
              .host()
              .call(
                  new HostCall(
                      invocation, call.deadline, before.state(), before.tags(), before.revision()));
    } catch (ActionFailedException e) {
      return Decision.failed(e.failure());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Decision.failed(actionFailed(invocation, e));
    } catch (Throwable e) { // also errors: the actor must go on, and its caller must hear of it
      log.debug("{} failed", invocation, e);
      return Decision.failed(actionFailed(invocation, e));
    }
    if (reply == null) { // hosts are other people's code
      return Decision.failed(
          Failure.executed(
              FailureCode.REPLY_INVALID, "The host answered nothing at all to " + invocation));
    }
    List<ReminderChange> plans =
        reply.reminders().isEmpty()
            ? List.of()
            : ReminderPlans.of(reply.reminders(), invocation.actor(), clock.instant());
    return Decision.of(hosting.definition(), action, invocation, before, reply, plans, stateLimit);
  }

  /** The only action without a declaration that gets here is the one that reads the state. */
  private Answer defaultAnswer() {
    Payload state = before.state();
    return state == null ? Answer.EMPTY : Answer.of(state);
  }

  private static Failure actionFailed(Invocation invocation, Throwable e) {
    return Failure.executed(FailureCode.ACTION_FAILED, invocation + " failed: " + summary(e));
  }

  private static String summary(Throwable e) {
    @Nullable String message = e.getMessage();
    String name = e.getClass().getSimpleName();
    return message == null || message.isBlank() ? name : name + ": " + message;
  }
}
