/** W5: a mesh of three nodes, of which one after the other is killed or stopped. */
@NullMarked
package org.spawnmesh.benchmarks.failover;

import org.jspecify.annotations.NullMarked;
