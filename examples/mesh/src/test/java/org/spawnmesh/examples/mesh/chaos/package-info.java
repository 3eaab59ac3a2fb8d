/** A mesh whose parts are killed, stopped and cut off at random. */
@NullMarked
package org.spawnmesh.examples.mesh.chaos;

import org.jspecify.annotations.NullMarked;
