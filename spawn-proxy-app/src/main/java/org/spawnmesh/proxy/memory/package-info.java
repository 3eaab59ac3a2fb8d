/** How much of the heap requests and replies may take together. */
@NullMarked
package org.spawnmesh.proxy.memory;

import org.jspecify.annotations.NullMarked;
