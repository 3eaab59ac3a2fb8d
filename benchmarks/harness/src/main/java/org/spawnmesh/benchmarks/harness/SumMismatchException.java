package org.spawnmesh.benchmarks.harness;

/**
 * The actors' values do not add up to the adds that were acknowledged: the peer lost or invented
 * some, and its figures are worth nothing.
 */
public final class SumMismatchException extends RuntimeException {

  SumMismatchException(String measured, long sumMinusAcknowledged, long failed) {
    super(
        "%s: the sum of the actors differs from the acknowledged adds by %+d (%d requests failed"
                .formatted(measured, sumMinusAcknowledged, failed)
            + " and may or may not have been applied). No figure of this peer counts until it is"
            + " found out why.");
  }
}
