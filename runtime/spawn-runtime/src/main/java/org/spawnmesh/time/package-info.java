/** Where time comes from, so that tests can bring their own. */
@NullMarked
package org.spawnmesh.time;

import org.jspecify.annotations.NullMarked;
