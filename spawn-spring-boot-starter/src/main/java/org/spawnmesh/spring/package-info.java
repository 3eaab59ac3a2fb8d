/** Actors as Spring beans: the annotations, the clients, and what assembles the engine. */
@NullMarked
package org.spawnmesh.spring;

import org.jspecify.annotations.NullMarked;
