/** The sidecar: serves actor hosts of any language over the Spawn protocol. */
@NullMarked
package org.spawnmesh.proxy;

import org.jspecify.annotations.NullMarked;
