/** Tests of an application's actors: only they, in memory, on a clock that the test moves. */
@NullMarked
package org.spawnmesh.spring.test;

import org.jspecify.annotations.NullMarked;
