/** Hosts in other processes: how their actions are run over the Spawn protocol. */
@NullMarked
package org.spawnmesh.proxy.host;

import org.jspecify.annotations.NullMarked;
