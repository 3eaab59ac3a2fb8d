package org.spawnmesh.runtime;

import org.spawnmesh.actor.ActorDefinition;
import org.spawnmesh.actor.Durability;
import org.spawnmesh.host.ActorHost;

/**
 * How this node hosts an actor type: what its host declared, with the node's defaults filled in.
 * Immutable; a turn works with one from its begin to its end.
 *
 * @param idleNanos how long an activation may be unused
 */
record Hosting(ActorDefinition definition, ActorHost host, Durability durability, long idleNanos) {}
