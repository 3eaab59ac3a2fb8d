/** Shows a mesh that loses nothing. */
@NullMarked
package org.spawnmesh.examples.mesh.demo;

import org.jspecify.annotations.NullMarked;
