/** Spawn as an application uses it: the starter, an actor bean, and refs. */
@NullMarked
package org.spawnmesh.benchmarks.spawn;

import org.jspecify.annotations.NullMarked;
