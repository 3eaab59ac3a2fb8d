package org.spawnmesh.proxy.ingress;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.actor.Once;
import org.spawnmesh.protocol.InvocationRequest;
import org.spawnmesh.proxy.registration.Identities;
import org.spawnmesh.proxy.registration.Reserved;
import org.spawnmesh.proxy.wire.Printable;
import org.spawnmesh.proxy.wire.TraceHeaders;
import org.spawnmesh.proxy.wire.Wire;

/** From the protocol's request to the engine's invocation. Pure. */
final class Calls {

  /** Under which the same call may come again; the metadata's counts if there is no header. */
  static final String KEY_HEADER = "Idempotency-Key";

  private static final String KEY = "idempotency-key";
  private static final String TIMEOUT = "request-timeout";

  private Calls() {}

  /**
   * @param target who is meant
   * @param sent what came with the message: its headers
   * @param now on the node's monotonic clock
   */
  static Invocation invocation(
      InvocationRequest request, ActorId target, ProtocolRequest sent, long now) {
    String key = sent.key();
    boolean waits = !request.getAsync() && request.getScheduledTo() == 0;
    return new Invocation(
        target,
        action(request),
        Wire.payload(request),
        waits ? Invocation.Mode.ASK : Invocation.Mode.TELL,
        waits ? deadline(request.getMetadataMap(), now) : Invocation.NO_DEADLINE,
        caller(request),
        null,
        TraceHeaders.merged(
            withoutKey(request.getMetadataMap()), sent.traceParent(), sent.traceStates()),
        0,
        once(key.isEmpty() ? request.getMetadataMap().getOrDefault(KEY, "") : key));
  }

  private static @Nullable Once once(String key) {
    try {
      return key.isEmpty() ? null : Once.key(key);
    } catch (IllegalArgumentException e) {
      throw RefusedRequestException.badRequest(String.valueOf(e.getMessage()));
    }
  }

  /** It is this call's, and not of those that it causes. */
  private static Map<String, String> withoutKey(Map<String, String> metadata) {
    if (!metadata.containsKey(KEY)) {
      return metadata;
    }
    Map<String, String> rest = new HashMap<>(metadata);
    rest.remove(KEY);
    return rest;
  }

  static String action(InvocationRequest request) {
    String action = request.getActionName();
    if (action.isEmpty()) {
      throw RefusedRequestException.badRequest("The request names no action");
    }
    try {
      return Reserved.refuse("action", Printable.require("action", action));
    } catch (IllegalArgumentException e) {
      throw RefusedRequestException.badRequest(String.valueOf(e.getMessage()));
    }
  }

  /** In the body's system, whether or not its ids repeat it. */
  static String system(InvocationRequest request) {
    String own = request.getActor().getId().getSystem();
    return own.isEmpty() ? request.getSystem().getName() : own;
  }

  static @Nullable ActorId caller(InvocationRequest request) {
    if (!request.hasCaller() || request.getCaller().getName().isEmpty()) {
      return null;
    }
    var caller = request.getCaller();
    return Identities.of(
        caller.getSystem().isEmpty() ? system(request) : caller.getSystem(),
        caller.getParent().isEmpty() ? caller.getName() : caller.getParent(),
        caller.getName());
  }

  private static long deadline(Map<String, String> metadata, long now) {
    String timeout = metadata.get(TIMEOUT);
    if (timeout == null || timeout.isBlank()) {
      return Invocation.NO_DEADLINE;
    }
    try {
      long nanos = TimeUnit.MILLISECONDS.toNanos(Long.parseLong(timeout.strip()));
      // what is far in the past would come around as far in the future
      return now + Math.clamp(nanos, 0, Long.MAX_VALUE / 4);
    } catch (NumberFormatException e) {
      throw RefusedRequestException.badRequest(
          "The metadata '%s' is '%s'; needed is a number of milliseconds"
              .formatted(TIMEOUT, timeout.length() <= 32 ? timeout : timeout.substring(0, 32)));
    }
  }
}
