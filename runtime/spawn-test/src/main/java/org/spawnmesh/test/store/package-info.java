/** What every store has to pass, ours and yours. */
@NullMarked
package org.spawnmesh.test.store;

import org.jspecify.annotations.NullMarked;
