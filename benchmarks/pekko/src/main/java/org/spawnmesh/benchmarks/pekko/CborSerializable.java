package org.spawnmesh.benchmarks.pekko;

/**
 * Marks what would travel between nodes, and what goes into the database; see the configuration.
 */
public interface CborSerializable {}
