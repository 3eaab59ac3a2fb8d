/** The engine: wakes an actor, gives it one message at a time, makes what it did durable. */
@NullMarked
package org.spawnmesh.runtime;

import org.jspecify.annotations.NullMarked;
