/** W4: a client, a server, and user code in a third process. */
@NullMarked
package org.spawnmesh.benchmarks.sidecar;

import org.jspecify.annotations.NullMarked;
