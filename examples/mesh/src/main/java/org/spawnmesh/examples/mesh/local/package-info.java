/** A mesh on one machine, every part of it a process of its own that can be killed. */
@NullMarked
package org.spawnmesh.examples.mesh.local;

import org.jspecify.annotations.NullMarked;
