/** One of several controllers leads; the others wait. */
@NullMarked
package org.spawnmesh.controller.leader;

import org.jspecify.annotations.NullMarked;
