package org.spawnmesh.transport.grpc;

import java.time.Duration;
import java.util.function.Consumer;

/**
 * The limits of a node's connections to its peers. Immutable.
 *
 * @param eventLoops threads that read and write all connections, in both directions. One is enough
 *     for about two cores; more than half of the cores take time from the actors
 * @param invocations how many invocations of one link may be under way, waiting to be sent or to be
 *     answered; one more is refused with {@code NODE_OVERLOADED}
 * @param invocationBytes how much they may hold together, here and at the peer
 * @param messages how many of the mesh's own messages may wait to be sent on one link. They have
 *     this room to themselves; broadcasts and warm states have as much again. One more is dropped
 * @param messageBytes how much those may hold together
 * @param frameBytes the largest invocation, answer or message; must exceed the node's payload and
 *     state limits. The smaller one of both nodes counts
 * @param batchBytes from which size on what waits is sent as more than one batch
 * @param beat how often a peer shows that it is alive when it has nothing else to say
 * @param patience how much later than that it may be before the connection is given up as silent
 * @param connectTimeout how long one attempt to connect may take, with TLS and greeting
 * @param backoffLeast pause after the first failed attempt
 * @param backoffMost longest pause between attempts
 * @param closeTimeout how long {@code close} waits for what is still to be answered and sent
 */
public record GrpcTransportSettings(
    int eventLoops,
    int invocations,
    long invocationBytes,
    int messages,
    long messageBytes,
    int frameBytes,
    int batchBytes,
    Duration beat,
    Duration patience,
    Duration connectTimeout,
    Duration backoffLeast,
    Duration backoffMost,
    Duration closeTimeout) {

  public static final GrpcTransportSettings DEFAULTS =
      new GrpcTransportSettings(
          Math.clamp(Runtime.getRuntime().availableProcessors() / 2, 1, 8),
          65_536,
          64L << 20,
          4_096,
          64L << 20,
          32 << 20,
          128 << 10,
          Duration.ofSeconds(2),
          Duration.ofSeconds(2),
          Duration.ofSeconds(2),
          Duration.ofMillis(50),
          Duration.ofSeconds(2),
          Duration.ofSeconds(2));

  public GrpcTransportSettings {
    positive("eventLoops", eventLoops);
    positive("invocations", invocations);
    positive("invocationBytes", invocationBytes);
    positive("messages", messages);
    positive("messageBytes", messageBytes);
    positive("frameBytes", frameBytes);
    positive("batchBytes", batchBytes);
    positive("beat", beat.toMillis());
    positive("patience", patience.toMillis());
    positive("connectTimeout", connectTimeout.toMillis());
    positive("backoffLeast", backoffLeast.toMillis());
    positive("closeTimeout", closeTimeout.toMillis());
    if (backoffMost.compareTo(backoffLeast) < 0) {
      throw new IllegalArgumentException(
          "backoffMost is %s, less than backoffLeast, which is %s"
              .formatted(backoffMost, backoffLeast));
    }
    if (frameBytes > Integer.MAX_VALUE - SLACK - batchBytes) {
      throw new IllegalArgumentException(
          "frameBytes is %d and batchBytes is %d; together they must be less than 2 GB"
              .formatted(frameBytes, batchBytes));
    }
  }

  /** What a batch needs beside the frames in it. */
  private static final int SLACK = 1 << 10;

  private static void positive(String what, long value) {
    if (value <= 0) {
      throw new IllegalArgumentException(what + " is " + value + ", not above 0");
    }
  }

  Backoff backoff() {
    return new Backoff(backoffLeast, backoffMost);
  }

  /** The largest batch: many small frames, or one of any size. */
  int largestBatch() {
    return Math.max(batchBytes, frameBytes) + SLACK;
  }

  public GrpcTransportSettings withEventLoops(int value) {
    return with(parts -> parts.eventLoops = value);
  }

  public GrpcTransportSettings withInvocations(int number, long bytes) {
    return with(
        parts -> {
          parts.invocations = number;
          parts.invocationBytes = bytes;
        });
  }

  public GrpcTransportSettings withMessages(int number, long bytes) {
    return with(
        parts -> {
          parts.messages = number;
          parts.messageBytes = bytes;
        });
  }

  public GrpcTransportSettings withFrameBytes(int value) {
    return with(parts -> parts.frameBytes = value);
  }

  public GrpcTransportSettings withBatchBytes(int value) {
    return with(parts -> parts.batchBytes = value);
  }

  public GrpcTransportSettings withSilence(Duration beat, Duration patience) {
    return with(
        parts -> {
          parts.beat = beat;
          parts.patience = patience;
        });
  }

  public GrpcTransportSettings withConnectTimeout(Duration value) {
    return with(parts -> parts.connectTimeout = value);
  }

  public GrpcTransportSettings withBackoff(Duration least, Duration most) {
    return with(
        parts -> {
          parts.backoffLeast = least;
          parts.backoffMost = most;
        });
  }

  public GrpcTransportSettings withCloseTimeout(Duration value) {
    return with(parts -> parts.closeTimeout = value);
  }

  private GrpcTransportSettings with(Consumer<Parts> change) {
    Parts parts = new Parts(this);
    change.accept(parts);
    return new GrpcTransportSettings(
        parts.eventLoops,
        parts.invocations,
        parts.invocationBytes,
        parts.messages,
        parts.messageBytes,
        parts.frameBytes,
        parts.batchBytes,
        parts.beat,
        parts.patience,
        parts.connectTimeout,
        parts.backoffLeast,
        parts.backoffMost,
        parts.closeTimeout);
  }

  /** A record that is being written. */
  private static final class Parts {

    int eventLoops;
    int invocations;
    long invocationBytes;
    int messages;
    long messageBytes;
    int frameBytes;
    int batchBytes;
    Duration beat;
    Duration patience;
    Duration connectTimeout;
    Duration backoffLeast;
    Duration backoffMost;
    Duration closeTimeout;

    Parts(GrpcTransportSettings from) {
      eventLoops = from.eventLoops;
      invocations = from.invocations;
      invocationBytes = from.invocationBytes;
      messages = from.messages;
      messageBytes = from.messageBytes;
      frameBytes = from.frameBytes;
      batchBytes = from.batchBytes;
      beat = from.beat;
      patience = from.patience;
      connectTimeout = from.connectTimeout;
      backoffLeast = from.backoffLeast;
      backoffMost = from.backoffMost;
      closeTimeout = from.closeTimeout;
    }
  }
}
