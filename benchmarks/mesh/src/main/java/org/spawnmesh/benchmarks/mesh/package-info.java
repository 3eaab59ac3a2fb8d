/** Asks from one node to another, each in a JVM of its own. */
@NullMarked
package org.spawnmesh.benchmarks.mesh;

import org.jspecify.annotations.NullMarked;
