/** Between the messages of the Spawn protocol and the words of the engine. */
@NullMarked
package org.spawnmesh.proxy.wire;

import org.jspecify.annotations.NullMarked;
