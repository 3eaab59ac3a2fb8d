/** An application of which several run as one mesh. */
@NullMarked
package org.spawnmesh.examples.mesh;

import org.jspecify.annotations.NullMarked;
