/**
 * The measuring instrument: a closed loop of callers, the three workloads, and the JSON line of a
 * measurement. It knows no peer; a peer implements {@link Counter} and runs {@link Workloads}.
 */
@NullMarked
package org.spawnmesh.benchmarks.harness;

import org.jspecify.annotations.NullMarked;
