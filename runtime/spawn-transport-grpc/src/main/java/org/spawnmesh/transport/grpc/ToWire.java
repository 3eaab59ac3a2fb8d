package org.spawnmesh.transport.grpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.Answer;
import org.spawnmesh.actor.CallChain;
import org.spawnmesh.actor.Failure;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.actor.Once;
import org.spawnmesh.actor.Payload;
import org.spawnmesh.actor.PayloadEncodingException;
import org.spawnmesh.cluster.PeerAnswer;
import org.spawnmesh.cluster.PeerMessage;
import org.spawnmesh.cluster.Shard;
import org.spawnmesh.store.Snapshot;
import org.spawnmesh.store.View;
import org.spawnmesh.transport.grpc.wire.Actor;
import org.spawnmesh.transport.grpc.wire.Answered;
import org.spawnmesh.transport.grpc.wire.Cast;
import org.spawnmesh.transport.grpc.wire.Claim;
import org.spawnmesh.transport.grpc.wire.Cleared;
import org.spawnmesh.transport.grpc.wire.Execution;
import org.spawnmesh.transport.grpc.wire.Failed;
import org.spawnmesh.transport.grpc.wire.Frame;
import org.spawnmesh.transport.grpc.wire.Mode;
import org.spawnmesh.transport.grpc.wire.Moved;
import org.spawnmesh.transport.grpc.wire.Published;
import org.spawnmesh.transport.grpc.wire.Raised;
import org.spawnmesh.transport.grpc.wire.Released;
import org.spawnmesh.transport.grpc.wire.Reply;
import org.spawnmesh.transport.grpc.wire.Suspected;
import org.spawnmesh.transport.grpc.wire.Waiting;
import org.spawnmesh.transport.grpc.wire.Warm;

/**
 * From the engine's words to the wire. Bytes are wrapped, not copied: nobody changes those of a
 * payload.
 *
 * <p>Pure. A payload that is not encoded yet is encoded here, on the caller's thread; that may
 * throw {@link PayloadEncodingException}.
 */
final class ToWire {

  private ToWire() {}

  /** Without the deadline, which is counted when it leaves. */
  static org.spawnmesh.transport.grpc.wire.Invocation invocation(Invocation invocation) {
    var wire =
        org.spawnmesh.transport.grpc.wire.Invocation.newBuilder()
            .setActor(actor(invocation.actor()))
            .setAction(invocation.action())
            .setHops(invocation.hops());
    if (!invocation.payload().isNone()) {
      wire.setPayload(payload(invocation.payload()));
    }
    if (invocation.mode() == Invocation.Mode.TELL) {
      wire.setMode(Mode.TELL);
    }
    if (invocation.caller() != null) {
      wire.setCaller(actor(invocation.caller()));
    }
    for (CallChain link = invocation.chain(); link != null; link = link.outer()) {
      wire.addChain(
          Waiting.newBuilder().setActor(actor(link.actor())).setAction(link.action()).build());
    }
    if (!invocation.metadata().isEmpty()) {
      wire.putAllMetadata(invocation.metadata());
    }
    Once once = invocation.once();
    if (once != null) {
      wire.setOnce(
          org.spawnmesh.transport.grpc.wire.Once.newBuilder()
              .setSource(once.source())
              .setNumber(once.number()));
    }
    return wire.build();
  }

  static Frame message(long view, PeerMessage message) {
    var frame = Frame.newBuilder().setView(view);
    switch (message) {
      case PeerMessage.Published published -> frame.setPublished(Published.getDefaultInstance());
      case PeerMessage.Raised(View next) -> {
        var wire = Raised.newBuilder().setNumber(next.number()).setDetails(next.details());
        next.members().forEach(member -> wire.addMembers(member.number()));
        frame.setRaised(wire);
      }
      case PeerMessage.Claim claim -> frame.setClaim(Claim.getDefaultInstance());
      case PeerMessage.Cleared cleared -> {
        var wire = Cleared.newBuilder();
        cleared.except().forEach(shard -> wire.addExcept(shard(shard)));
        frame.setCleared(wire);
      }
      case PeerMessage.Warm warm -> {
        var wire = Warm.newBuilder().setShard(shard(warm.shard()));
        warm.states().forEach(state -> wire.addStates(snapshot(state)));
        frame.setWarm(wire);
      }
      case PeerMessage.Released released ->
          frame.setReleased(Released.newBuilder().setShard(shard(released.shard())));
      case PeerMessage.Suspected suspected ->
          frame.setSuspected(Suspected.newBuilder().setIncarnation(suspected.member().number()));
      case PeerMessage.Cast cast -> {
        var wire =
            Cast.newBuilder()
                .setTopic(cast.broadcast().topic())
                .setAction(cast.broadcast().action())
                .setDurable(cast.broadcast().durable())
                .setSource(actor(cast.source()))
                .putAllMetadata(cast.metadata());
        if (!cast.broadcast().payload().isNone()) {
          wire.setPayload(payload(cast.broadcast().payload()));
        }
        frame.setCast(wire);
      }
    }
    return frame.build();
  }

  static Reply reply(long call, PeerAnswer answer) {
    var reply = Reply.newBuilder().setCall(call);
    switch (answer) {
      case PeerAnswer.Answered(Answer.Ok(Payload payload)) -> {
        var wire = Answered.newBuilder();
        if (!payload.isNone()) {
          wire.setPayload(payload(payload));
        }
        reply.setAnswered(wire);
      }
      case PeerAnswer.Answered(Answer.Failed(Failure failure)) -> reply.setFailed(failed(failure));
      case PeerAnswer.Moved(long view) -> reply.setMoved(Moved.newBuilder().setView(view));
    }
    return reply.build();
  }

  private static Failed failed(Failure failure) {
    var wire =
        Failed.newBuilder()
            .setCode(Integer.parseInt(failure.code().id().substring(2)))
            .setMessage(failure.message())
            .setExecution(
                switch (failure.execution()) {
                  case NOT_EXECUTED -> Execution.NOT_EXECUTED;
                  case EXECUTED -> Execution.EXECUTED;
                  case UNKNOWN -> Execution.UNKNOWN;
                });
    if (failure.retryAfter() != null) {
      wire.setRetryAfterNanos(failure.retryAfter().toNanos());
    }
    return wire.build();
  }

  private static org.spawnmesh.transport.grpc.wire.Snapshot snapshot(Snapshot snapshot) {
    var wire =
        org.spawnmesh.transport.grpc.wire.Snapshot.newBuilder()
            .setActor(actor(snapshot.actor()))
            .setRevision(snapshot.revision())
            .putAllTags(snapshot.tags());
    Payload state = snapshot.state();
    if (state == null) {
      wire.setErased(true);
    } else if (!state.isNone()) {
      wire.setState(payload(state));
    }
    return wire.build();
  }

  private static org.spawnmesh.transport.grpc.wire.Shard shard(Shard shard) {
    return org.spawnmesh.transport.grpc.wire.Shard.newBuilder()
        .setSystem(shard.type().system())
        .setType(shard.type().name())
        .setPartition(shard.partition())
        .build();
  }

  private static Actor actor(ActorId actor) {
    return Actor.newBuilder()
        .setSystem(actor.system())
        .setType(actor.type().name())
        .setName(actor.name())
        .build();
  }

  private static org.spawnmesh.transport.grpc.wire.Payload payload(Payload payload) {
    ByteString bytes = UnsafeByteOperations.unsafeWrap(payload.bytes());
    return org.spawnmesh.transport.grpc.wire.Payload.newBuilder()
        .setType(payload.type())
        .setValue(bytes)
        .build();
  }
}
