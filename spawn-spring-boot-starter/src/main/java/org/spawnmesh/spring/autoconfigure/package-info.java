/** Puts a node of the mesh into an application context, and steps back for every bean of yours. */
@NullMarked
package org.spawnmesh.spring.autoconfigure;

import org.jspecify.annotations.NullMarked;
