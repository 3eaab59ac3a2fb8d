package org.spawnmesh.proxy.registration;

/**
 * What the node adds to a host's declarations.
 *
 * @param system the actor system that the node serves
 * @param snapshots whether changes are saved in intervals; a declared interval says how long
 * @param history how many earlier revisions of each actor's state are kept
 */
public record DeclarationRules(String system, boolean snapshots, int history) {}
