/** Actors in Java and in JavaScript that call each other. */
@NullMarked
package org.spawnmesh.examples.polyglot;

import org.jspecify.annotations.NullMarked;
