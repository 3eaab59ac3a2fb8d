package org.spawnmesh.store;

import java.time.Instant;
import org.spawnmesh.actor.Failure;

/**
 * A message that was given up. It is kept until somebody retries or drops it. Immutable.
 *
 * @param entry what could not be delivered
 * @param reason why the last attempt failed, without its advice to retry
 * @param attempts how often it was tried
 * @param at when it was given up
 */
public record DeadLetter(OutboxEntry entry, Failure reason, int attempts, Instant at) {}
