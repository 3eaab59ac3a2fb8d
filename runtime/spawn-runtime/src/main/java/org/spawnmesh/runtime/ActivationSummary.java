package org.spawnmesh.runtime;

import java.time.Duration;
import java.util.Map;
import org.spawnmesh.actor.ActorId;

/**
 * An activation at a glance, as it was a moment ago.
 *
 * @param phase {@code loading}, {@code busy}, {@code idle} or {@code closed}
 * @param mailbox calls that wait or run
 * @param revision of the state in memory
 * @param tags of the state in memory
 * @param idle for how long nobody called it
 * @param unsaved whether it holds changes that are not durable yet
 */
public record ActivationSummary(
    ActorId actor,
    String phase,
    int mailbox,
    long revision,
    Map<String, String> tags,
    Duration idle,
    boolean unsaved) {}
