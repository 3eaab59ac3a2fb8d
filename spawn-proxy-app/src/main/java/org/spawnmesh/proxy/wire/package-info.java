/** Between the protocol's messages and the engine's payloads. */
@NullMarked
package org.spawnmesh.proxy.wire;

import org.jspecify.annotations.NullMarked;
