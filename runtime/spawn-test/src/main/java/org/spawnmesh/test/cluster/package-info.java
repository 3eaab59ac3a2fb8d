/** What every way to find and to reach other nodes has to pass, ours and yours. */
@NullMarked
package org.spawnmesh.test.cluster;

import org.jspecify.annotations.NullMarked;
