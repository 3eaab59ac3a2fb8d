/** Who else is in the mesh, and how to reach them. */
@NullMarked
package org.spawnmesh.cluster;

import org.jspecify.annotations.NullMarked;
