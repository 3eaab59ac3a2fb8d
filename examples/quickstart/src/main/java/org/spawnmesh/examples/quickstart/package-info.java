/** The smallest application with an actor in it. */
@NullMarked
package org.spawnmesh.examples.quickstart;

import org.jspecify.annotations.NullMarked;
