/** What hosts have told about their actors. */
@NullMarked
package org.spawnmesh.proxy.registration;

import org.jspecify.annotations.NullMarked;
