package org.spawnmesh.store;

/** One of the writers of one life of a node; it has one commit in flight at most. */
public record WriterId(Incarnation incarnation, int number) {}
