package org.spawnmesh.proxy.host;

import com.google.protobuf.InvalidProtocolBufferException;
import java.time.InstantSource;
import java.util.Set;
import org.spawnmesh.actor.Execution;
import org.spawnmesh.actor.Failure;
import org.spawnmesh.actor.FailureCode;
import org.spawnmesh.actor.Payload;
import org.spawnmesh.host.ActionFailedException;
import org.spawnmesh.host.HostCall;
import org.spawnmesh.host.HostReply;
import org.spawnmesh.protocol.ActorInvocationResponse;
import org.spawnmesh.protocol.Context;
import org.spawnmesh.proxy.acl.Policies;
import org.spawnmesh.proxy.registration.Directory;
import org.spawnmesh.proxy.wire.Wire;

/**
 * What a host's answer means: a reply to apply, or a failed action. Depends on nothing but the
 * answer, the clock and the directory, and changes nothing. Thread-safe.
 */
final class Replies {

  /** Said by something before the host, or by a host that is not there for us. */
  private static final Set<Integer> UNAVAILABLE = Set.of(502, 503, 504);

  /** Said by web servers themselves, most likely; then no action has run. */
  private static final Set<Integer> REFUSED =
      Set.of(401, 403, 404, 405, 407, 408, 411, 413, 414, 415, 421, 426, 429, 431, 501, 505);

  private final Workflows workflows;

  Replies(Directory directory, InstantSource clock, Policies policies) {
    this.workflows = new Workflows(directory, clock, policies);
  }

  /**
   * @throws ActionFailedException if the answer is no reply, or one that cannot be applied
   */
  HostReply read(HostCall call, HostAddress host, HttpReply answer) {
    if (!answer.isSuccess()) {
      throw refusal(call, host, answer);
    }
    ActorInvocationResponse response = parse(call, host, answer);
    if (!response.hasUpdatedContext()) {
      throw invalid(
          call,
          host,
          answer.body().length == 0 ? "an empty body" : "a reply without updated_context",
          answer);
    }
    Context context = response.getUpdatedContext();
    HostReply reply = HostReply.of(Wire.payload(response));
    if (context.hasState()) {
      reply = withState(reply, state(call, host, context, answer));
    }
    if (context.getTagsCount() > 0) {
      // no tags and tags not mentioned look alike on the wire, so they stay
      reply = reply.withTags(java.util.Map.copyOf(context.getTagsMap()));
    }
    if (response.getCheckpoint()) {
      reply = reply.withCheckpoint();
    }
    return response.hasWorkflow()
        ? workflows.apply(call, host, response.getWorkflow(), reply)
        : reply;
  }

  private static HostReply withState(HostReply reply, Payload state) {
    return HostReply.of(reply.payload(), state);
  }

  /** Without type and bytes it is the end of the state; with bytes alone it could not be sent. */
  private static Payload state(HostCall call, HostAddress host, Context context, HttpReply answer) {
    Payload state = Wire.of(context.getState());
    if (!state.isNone() && state.type().isEmpty()) {
      throw invalid(call, host, "a state that names no type", answer);
    }
    return state;
  }

  private static ActorInvocationResponse parse(HostCall call, HostAddress host, HttpReply answer) {
    try {
      return ActorInvocationResponse.parseFrom(answer.body());
    } catch (InvalidProtocolBufferException e) {
      throw new ActionFailedException(
          Failure.executed(
              FailureCode.REPLY_INVALID,
              "The host at %s answered %s with what is no ActorInvocationResponse: %s (%s)"
                  .formatted(host, call.invocation(), reason(e), answer.summary())),
          e);
    }
  }

  private static String reason(InvalidProtocolBufferException e) {
    String message = String.valueOf(e.getMessage());
    int end = message.indexOf(". ");
    return end < 0 ? message : message.substring(0, end);
  }

  private static ActionFailedException invalid(
      HostCall call, HostAddress host, String what, HttpReply answer) {
    return new ActionFailedException(
        Failure.executed(
            FailureCode.REPLY_INVALID,
            "The host at %s answered %s with %s (%s)"
                .formatted(host, call.invocation(), what, answer.summary())));
  }

  private static ActionFailedException refusal(HostCall call, HostAddress host, HttpReply answer) {
    int status = answer.status();
    boolean unavailable = UNAVAILABLE.contains(status);
    Execution execution =
        unavailable || REFUSED.contains(status) || status < 400
            ? Execution.UNKNOWN
            : Execution.EXECUTED;
    return new ActionFailedException(
        new Failure(
            unavailable ? FailureCode.HOST_UNAVAILABLE : FailureCode.ACTION_FAILED,
            "%s failed: the host at %s answered %s"
                .formatted(call.invocation(), host, answer.summary()),
            execution,
            null));
  }

  /** Did the host itself answer, or something in its place? */
  static boolean isOfTheHost(HttpReply answer) {
    return !UNAVAILABLE.contains(answer.status());
  }
}
