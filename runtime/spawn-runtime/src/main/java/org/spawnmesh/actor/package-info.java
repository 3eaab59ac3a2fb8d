/**
 * The words every part of the mesh shares: who an actor is, what is asked of it, and how it
 * answered.
 */
@NullMarked
package org.spawnmesh.actor;

import org.jspecify.annotations.NullMarked;
