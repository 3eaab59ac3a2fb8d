package org.spawnmesh.runtime;

import java.time.Duration;
import org.spawnmesh.actor.Durability;

/**
 * The limits and defaults of a node. Immutable.
 *
 * @param timeout how long a caller waits that names no deadline
 * @param idleTimeout how long an activation may be unused, unless its type says otherwise
 * @param mailboxLimit calls that may wait for one activation, and answers that may wait for one
 *     actor's commits
 * @param payloadLimit bytes of one message
 * @param stateLimit bytes of one actor's state
 * @param maxHops how often a call may be handed on between nodes or activations
 * @param writers commits that may be under way at once
 * @param batchLimit actors in one commit
 * @param durability unless the type says otherwise
 * @param memoryPressure share of the heap in use after a collection, from which on activations are
 *     passivated before their time; 1 or more for never
 * @param retryAfter what refused callers are told to wait
 */
public record NodeSettings(
    Duration timeout,
    Duration idleTimeout,
    int mailboxLimit,
    int payloadLimit,
    int stateLimit,
    int maxHops,
    int writers,
    int batchLimit,
    Durability durability,
    double memoryPressure,
    Duration retryAfter) {

  public static final NodeSettings DEFAULTS =
      new NodeSettings(
          Duration.ofSeconds(30),
          Duration.ofSeconds(60),
          1024,
          4 << 20,
          4 << 20,
          8,
          2,
          4096,
          Durability.COMMIT,
          0.85,
          Duration.ofSeconds(1));

  public NodeSettings {
    positive("timeout", timeout);
    positive("idleTimeout", idleTimeout);
    positive("mailboxLimit", mailboxLimit);
    positive("payloadLimit", payloadLimit);
    positive("stateLimit", stateLimit);
    positive("maxHops", maxHops);
    positive("writers", writers);
    positive("batchLimit", batchLimit);
    if (!(memoryPressure > 0)) {
      throw new IllegalArgumentException("memoryPressure is " + memoryPressure + ", not above 0");
    }
  }

  private static void positive(String what, int value) {
    if (value <= 0) {
      throw new IllegalArgumentException(what + " is " + value + ", not above 0");
    }
  }

  private static void positive(String what, Duration value) {
    if (value.isNegative() || value.isZero()) {
      throw new IllegalArgumentException(what + " is " + value + ", not above 0");
    }
  }

  public NodeSettings withTimeout(Duration value) {
    return new NodeSettings(
        value,
        idleTimeout,
        mailboxLimit,
        payloadLimit,
        stateLimit,
        maxHops,
        writers,
        batchLimit,
        durability,
        memoryPressure,
        retryAfter);
  }

  public NodeSettings withIdleTimeout(Duration value) {
    return new NodeSettings(
        timeout,
        value,
        mailboxLimit,
        payloadLimit,
        stateLimit,
        maxHops,
        writers,
        batchLimit,
        durability,
        memoryPressure,
        retryAfter);
  }

  public NodeSettings withMailboxLimit(int value) {
    return new NodeSettings(
        timeout,
        idleTimeout,
        value,
        payloadLimit,
        stateLimit,
        maxHops,
        writers,
        batchLimit,
        durability,
        memoryPressure,
        retryAfter);
  }

  public NodeSettings withPayloadLimit(int value) {
    return new NodeSettings(
        timeout,
        idleTimeout,
        mailboxLimit,
        value,
        stateLimit,
        maxHops,
        writers,
        batchLimit,
        durability,
        memoryPressure,
        retryAfter);
  }

  public NodeSettings withStateLimit(int value) {
    return new NodeSettings(
        timeout,
        idleTimeout,
        mailboxLimit,
        payloadLimit,
        value,
        maxHops,
        writers,
        batchLimit,
        durability,
        memoryPressure,
        retryAfter);
  }

  public NodeSettings withWriters(int value) {
    return new NodeSettings(
        timeout,
        idleTimeout,
        mailboxLimit,
        payloadLimit,
        stateLimit,
        maxHops,
        value,
        batchLimit,
        durability,
        memoryPressure,
        retryAfter);
  }

  public NodeSettings withBatchLimit(int value) {
    return new NodeSettings(
        timeout,
        idleTimeout,
        mailboxLimit,
        payloadLimit,
        stateLimit,
        maxHops,
        writers,
        value,
        durability,
        memoryPressure,
        retryAfter);
  }

  public NodeSettings withDurability(Durability value) {
    return new NodeSettings(
        timeout,
        idleTimeout,
        mailboxLimit,
        payloadLimit,
        stateLimit,
        maxHops,
        writers,
        batchLimit,
        value,
        memoryPressure,
        retryAfter);
  }

  public NodeSettings withMemoryPressure(double value) {
    return new NodeSettings(
        timeout,
        idleTimeout,
        mailboxLimit,
        payloadLimit,
        stateLimit,
        maxHops,
        writers,
        batchLimit,
        durability,
        value,
        retryAfter);
  }
}
