/** Calls to the processes that run actions. */
@NullMarked
package org.spawnmesh.proxy.host;

import org.jspecify.annotations.NullMarked;
