package org.spawnmesh.transport.grpc;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.ActorType;
import org.spawnmesh.actor.Answer;
import org.spawnmesh.actor.Broadcast;
import org.spawnmesh.actor.CallChain;
import org.spawnmesh.actor.Execution;
import org.spawnmesh.actor.Failure;
import org.spawnmesh.actor.FailureCode;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.actor.Once;
import org.spawnmesh.actor.Payload;
import org.spawnmesh.cluster.PeerAnswer;
import org.spawnmesh.cluster.PeerMessage;
import org.spawnmesh.cluster.Shard;
import org.spawnmesh.store.Incarnation;
import org.spawnmesh.store.Snapshot;
import org.spawnmesh.store.View;
import org.spawnmesh.transport.grpc.wire.Actor;
import org.spawnmesh.transport.grpc.wire.Failed;
import org.spawnmesh.transport.grpc.wire.Frame;
import org.spawnmesh.transport.grpc.wire.Reply;
import org.spawnmesh.transport.grpc.wire.Waiting;

/**
 * From the wire to the engine's words. Pure. What a newer peer says that is not known here becomes
 * the nearest known thing, or is an {@link IllegalArgumentException}; never a wrong promise.
 */
final class FromWire {

  /** Longer than anybody waits, and short enough that a clock does not run over. */
  private static final long FOREVER_NANOS = Duration.ofDays(36_500).toNanos();

  private static final Map<Integer, FailureCode> CODES =
      Stream.of(FailureCode.values())
          .collect(
              Collectors.toMap(
                  code -> Integer.valueOf(code.id().substring(2)), Function.identity()));

  private FromWire() {}

  /**
   * @param now on the clock on which its deadline is to be
   * @throws IllegalArgumentException if there can be no such invocation
   */
  static Invocation invocation(Frame frame, long now) {
    var wire = frame.getInvocation();
    Invocation.Mode mode =
        switch (wire.getMode()) {
          case ASK -> Invocation.Mode.ASK;
          case TELL -> Invocation.Mode.TELL;
          case UNRECOGNIZED ->
              throw new IllegalArgumentException(
                  "its mode is %d, which this version does not know"
                      .formatted(wire.getModeValue()));
        };
    return new Invocation(
        actor(wire.getActor()),
        wire.getAction(),
        wire.hasPayload() ? payload(wire.getPayload()) : Payload.NONE,
        mode,
        frame.hasRemainingNanos()
            ? now + Math.min(frame.getRemainingNanos(), FOREVER_NANOS)
            : Invocation.NO_DEADLINE,
        wire.hasCaller() ? actor(wire.getCaller()) : null,
        chain(wire.getChainList()),
        wire.getMetadataCount() == 0 ? Map.of() : Map.copyOf(wire.getMetadataMap()),
        wire.getHops(),
        wire.hasOnce() ? new Once(wire.getOnce().getSource(), wire.getOnce().getNumber()) : null);
  }

  private static @Nullable CallChain chain(List<Waiting> innermostFirst) {
    CallChain chain = null;
    for (Waiting waiting : innermostFirst.reversed()) {
      chain = new CallChain(actor(waiting.getActor()), waiting.getAction(), chain);
    }
    return chain;
  }

  /**
   * Null if it is a message that this version does not know.
   *
   * @throws IllegalArgumentException if there can be no such message
   */
  static @Nullable PeerMessage message(Frame frame) {
    return switch (frame.getKindCase()) {
      case PUBLISHED -> new PeerMessage.Published();
      case RAISED ->
          new PeerMessage.Raised(
              new View(
                  frame.getRaised().getNumber(),
                  frame.getRaised().getMembersList().stream()
                      .map(Incarnation::new)
                      .collect(Collectors.toSet()),
                  frame.getRaised().getDetails()));
      case CLAIM -> new PeerMessage.Claim();
      case CLEARED ->
          new PeerMessage.Cleared(
              frame.getCleared().getExceptList().stream().map(FromWire::shard).toList());
      case WARM ->
          new PeerMessage.Warm(
              shard(frame.getWarm().getShard()),
              frame.getWarm().getStatesList().stream().map(FromWire::snapshot).toList());
      case RELEASED -> new PeerMessage.Released(shard(frame.getReleased().getShard()));
      case SUSPECTED ->
          new PeerMessage.Suspected(new Incarnation(frame.getSuspected().getIncarnation()));
      case CAST -> {
        var cast = frame.getCast();
        yield new PeerMessage.Cast(
            new Broadcast(
                cast.getTopic(),
                cast.getAction(),
                cast.hasPayload() ? payload(cast.getPayload()) : Payload.NONE,
                cast.getDurable()),
            actor(cast.getSource()),
            Map.copyOf(cast.getMetadataMap()));
      }
      case INVOCATION, PING, KIND_NOT_SET -> null;
    };
  }

  /** Of an invocation; a kind of reply that this version does not know says nothing about it. */
  static PeerAnswer answer(Reply reply) {
    return switch (reply.getKindCase()) {
      case ANSWERED ->
          new PeerAnswer.Answered(
              Answer.of(
                  reply.getAnswered().hasPayload()
                      ? payload(reply.getAnswered().getPayload())
                      : Payload.NONE));
      case FAILED -> new PeerAnswer.Answered(Answer.failed(failure(reply.getFailed())));
      case MOVED -> new PeerAnswer.Moved(reply.getMoved().getView());
      case PONG, KIND_NOT_SET ->
          new PeerAnswer.Answered(
              Answer.failed(
                  Failure.unknown(
                      FailureCode.NODE_UNAVAILABLE,
                      "The peer answered in a way that this version does not know")));
    };
  }

  /** A code of a newer peer becomes the one of its thousand that promises least. */
  private static Failure failure(Failed wire) {
    FailureCode code = CODES.get(wire.getCode());
    return new Failure(
        code != null
            ? code
            : switch (wire.getCode() / 1000) {
              case 1 -> FailureCode.REQUEST_INVALID;
              case 3 -> FailureCode.ACTION_FAILED;
              case 4 -> FailureCode.STORE_UNAVAILABLE;
              default -> FailureCode.NODE_UNAVAILABLE;
            },
        code != null ? wire.getMessage() : "SP%d: %s".formatted(wire.getCode(), wire.getMessage()),
        switch (wire.getExecution()) {
          case NOT_EXECUTED -> Execution.NOT_EXECUTED;
          case EXECUTED -> Execution.EXECUTED;
          case UNKNOWN, UNRECOGNIZED -> Execution.UNKNOWN;
        },
        wire.hasRetryAfterNanos() ? Duration.ofNanos(wire.getRetryAfterNanos()) : null);
  }

  private static Snapshot snapshot(org.spawnmesh.transport.grpc.wire.Snapshot wire) {
    return new Snapshot(
        actor(wire.getActor()),
        wire.getRevision(),
        wire.getErased() ? null : wire.hasState() ? payload(wire.getState()) : Payload.NONE,
        Map.copyOf(wire.getTagsMap()));
  }

  private static Shard shard(org.spawnmesh.transport.grpc.wire.Shard wire) {
    return new Shard(new ActorType(wire.getSystem(), wire.getType()), wire.getPartition());
  }

  private static ActorId actor(Actor wire) {
    return ActorId.of(wire.getSystem(), wire.getType(), wire.getName());
  }

  /** Copied out of the batch, so that a small payload does not keep a large batch in memory. */
  private static Payload payload(org.spawnmesh.transport.grpc.wire.Payload wire) {
    return Payload.of(wire.getType(), wire.getValue().toByteArray());
  }
}
