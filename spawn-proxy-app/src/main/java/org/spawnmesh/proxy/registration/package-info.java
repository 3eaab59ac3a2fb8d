/** Which actors there are: what hosts have registered and what was spawned, kept in the statestore. */
@NullMarked
package org.spawnmesh.proxy.registration;

import org.jspecify.annotations.NullMarked;
