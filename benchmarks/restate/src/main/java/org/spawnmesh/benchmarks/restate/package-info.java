/** The counter of the benchmarks on Restate. */
@NullMarked
package org.spawnmesh.benchmarks.restate;

import org.jspecify.annotations.NullMarked;
