package org.spawnmesh.proxy.wire;

import com.google.protobuf.Any;
import com.google.protobuf.UnsafeByteOperations;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.Payload;
import org.spawnmesh.protocol.ActorInvocation;
import org.spawnmesh.protocol.ActorInvocationResponse;
import org.spawnmesh.protocol.Broadcast;
import org.spawnmesh.protocol.InvocationRequest;
import org.spawnmesh.protocol.InvocationResponse;
import org.spawnmesh.protocol.Noop;

/**
 * Payloads and identities, from the protocol's messages to the engine's words and back. The bytes
 * of a payload are passed on as they came.
 */
public final class Wire {

  /**
   * The protocol's {@code noop}: nothing, said aloud. Not the same as {@link Payload#NONE}, which
   * is no payload at all; some hosts tell the two apart. It is known by its type, so it survives
   * being stored and being sent to another node.
   */
  public static final Payload NOOP = Payload.of("type.googleapis.com/spawn.Noop", new byte[0]);

  private Wire() {}

  // ---- payloads ----

  /** {@link Payload#NONE} for a message without type and bytes. */
  public static Payload of(Any any) {
    String type = any.getTypeUrl();
    if (type.isEmpty() && any.getValue().isEmpty()) {
      return Payload.NONE;
    }
    return type.equals(NOOP.type()) && any.getValue().isEmpty()
        ? NOOP
        : Payload.of(type, Bytes.of(any.getValue()));
  }

  /**
   * The same type and bytes, not copied.
   *
   * @throws org.spawnmesh.actor.PayloadEncodingException if the value cannot be encoded
   */
  public static Any toAny(Payload payload) {
    return Any.newBuilder()
        .setTypeUrl(payload.type())
        .setValue(UnsafeByteOperations.unsafeWrap(payload.bytes()))
        .build();
  }

  public static Payload payload(InvocationRequest request) {
    return switch (request.getPayloadCase()) {
      case VALUE -> of(request.getValue());
      case NOOP -> NOOP;
      case PAYLOAD_NOT_SET -> Payload.NONE;
    };
  }

  public static Payload payload(ActorInvocationResponse reply) {
    return switch (reply.getPayloadCase()) {
      case VALUE -> of(reply.getValue());
      case NOOP -> NOOP;
      case PAYLOAD_NOT_SET -> Payload.NONE;
    };
  }

  public static Payload payload(Broadcast broadcast) {
    return switch (broadcast.getPayloadCase()) {
      case VALUE -> of(broadcast.getValue());
      case NOOP -> NOOP;
      case PAYLOAD_NOT_SET -> Payload.NONE;
    };
  }

  /** Leaves the payload unset for {@link Payload#NONE}. */
  public static void payload(ActorInvocation.Builder invocation, Payload payload) {
    if (payload.isNone()) {
      invocation.clearPayload();
    } else if (isNoop(payload)) {
      invocation.setNoop(Noop.getDefaultInstance());
    } else {
      invocation.setValue(toAny(payload));
    }
  }

  /** Leaves the payload unset for {@link Payload#NONE}. */
  public static void payload(InvocationResponse.Builder response, Payload payload) {
    if (payload.isNone()) {
      response.clearPayload();
    } else if (isNoop(payload)) {
      response.setNoop(Noop.getDefaultInstance());
    } else {
      response.setValue(toAny(payload));
    }
  }

  /** The protocol's own {@code noop}; a value of that type under its older name stays a value. */
  private static boolean isNoop(Payload payload) {
    return payload == NOOP || payload.type().equals(NOOP.type());
  }

  /** JSON text in the protocol's message; both of its package names are in use. */
  public static boolean isJson(Payload payload) {
    return isNamed(payload.type(), "JSONType");
  }

  private static boolean isNamed(String typeUrl, String message) {
    String name = typeUrl.substring(typeUrl.lastIndexOf('/') + 1);
    return name.equals("spawn." + message) || name.equals("eigr.functions.protocol." + message);
  }

  // ---- identities ----

  /**
   * A NAMED actor and a pool have the name of their type and no parent; an instance has its type as
   * parent.
   */
  public static org.spawnmesh.protocol.actors.ActorId actorId(ActorId actor) {
    org.spawnmesh.protocol.actors.ActorId.Builder id =
        org.spawnmesh.protocol.actors.ActorId.newBuilder()
            .setName(actor.name())
            .setSystem(actor.system());
    String type = actor.type().name();
    if (!type.equals(actor.name())) {
      id.setParent(type);
    }
    return id.build();
  }
}
