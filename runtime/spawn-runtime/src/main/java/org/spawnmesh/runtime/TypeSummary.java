package org.spawnmesh.runtime;

import org.spawnmesh.actor.ActorDefinition;

/**
 * An actor type on this node at a glance.
 *
 * @param activations how many are in memory
 * @param quarantined how many cannot be used because their state cannot be read
 */
public record TypeSummary(ActorDefinition definition, int activations, int quarantined) {}
