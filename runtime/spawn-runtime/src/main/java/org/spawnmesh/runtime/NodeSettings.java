package org.spawnmesh.runtime;

import java.time.Duration;
import java.util.function.Consumer;
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
 * @param replyRetention how long the reply to a keyed call is kept at least
 * @param deliveryAttempts how often a message is tried before it becomes a dead letter
 * @param remindersPerSecond how many reminders all nodes together tell at most
 * @param reminderGrace how long a reminder's time may be over and still is not missed
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
    Duration retryAfter,
    Duration replyRetention,
    int deliveryAttempts,
    int remindersPerSecond,
    Duration reminderGrace) {

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
          Duration.ofSeconds(1),
          Duration.ofHours(24),
          20,
          5_000,
          Duration.ofMinutes(1));

  public NodeSettings {
    positive("timeout", timeout);
    positive("idleTimeout", idleTimeout);
    positive("mailboxLimit", mailboxLimit);
    positive("payloadLimit", payloadLimit);
    positive("stateLimit", stateLimit);
    positive("maxHops", maxHops);
    positive("writers", writers);
    positive("batchLimit", batchLimit);
    positive("replyRetention", replyRetention);
    positive("deliveryAttempts", deliveryAttempts);
    positive("remindersPerSecond", remindersPerSecond);
    positive("reminderGrace", reminderGrace);
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
    return with(parts -> parts.timeout = value);
  }

  public NodeSettings withIdleTimeout(Duration value) {
    return with(parts -> parts.idleTimeout = value);
  }

  public NodeSettings withMailboxLimit(int value) {
    return with(parts -> parts.mailboxLimit = value);
  }

  public NodeSettings withPayloadLimit(int value) {
    return with(parts -> parts.payloadLimit = value);
  }

  public NodeSettings withStateLimit(int value) {
    return with(parts -> parts.stateLimit = value);
  }

  public NodeSettings withWriters(int value) {
    return with(parts -> parts.writers = value);
  }

  public NodeSettings withBatchLimit(int value) {
    return with(parts -> parts.batchLimit = value);
  }

  public NodeSettings withDurability(Durability value) {
    return with(parts -> parts.durability = value);
  }

  public NodeSettings withMemoryPressure(double value) {
    return with(parts -> parts.memoryPressure = value);
  }

  public NodeSettings withReplyRetention(Duration value) {
    return with(parts -> parts.replyRetention = value);
  }

  public NodeSettings withDeliveryAttempts(int value) {
    return with(parts -> parts.deliveryAttempts = value);
  }

  public NodeSettings withRemindersPerSecond(int value) {
    return with(parts -> parts.remindersPerSecond = value);
  }

  public NodeSettings withReminderGrace(Duration value) {
    return with(parts -> parts.reminderGrace = value);
  }

  private NodeSettings with(Consumer<Parts> change) {
    Parts parts = new Parts(this);
    change.accept(parts);
    return new NodeSettings(
        parts.timeout,
        parts.idleTimeout,
        parts.mailboxLimit,
        parts.payloadLimit,
        parts.stateLimit,
        parts.maxHops,
        parts.writers,
        parts.batchLimit,
        parts.durability,
        parts.memoryPressure,
        parts.retryAfter,
        parts.replyRetention,
        parts.deliveryAttempts,
        parts.remindersPerSecond,
        parts.reminderGrace);
  }

  /** A record that is being written. */
  private static final class Parts {

    Duration timeout;
    Duration idleTimeout;
    int mailboxLimit;
    int payloadLimit;
    int stateLimit;
    int maxHops;
    int writers;
    int batchLimit;
    Durability durability;
    double memoryPressure;
    Duration retryAfter;
    Duration replyRetention;
    int deliveryAttempts;
    int remindersPerSecond;
    Duration reminderGrace;

    Parts(NodeSettings from) {
      timeout = from.timeout;
      idleTimeout = from.idleTimeout;
      mailboxLimit = from.mailboxLimit;
      payloadLimit = from.payloadLimit;
      stateLimit = from.stateLimit;
      maxHops = from.maxHops;
      writers = from.writers;
      batchLimit = from.batchLimit;
      durability = from.durability;
      memoryPressure = from.memoryPressure;
      retryAfter = from.retryAfter;
      replyRetention = from.replyRetention;
      deliveryAttempts = from.deliveryAttempts;
      remindersPerSecond = from.remindersPerSecond;
      reminderGrace = from.reminderGrace;
    }
  }
}
