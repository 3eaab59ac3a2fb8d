/** What the tutorial "Your first actor" builds. */
@NullMarked
package org.spawnmesh.examples.first;

import org.jspecify.annotations.NullMarked;
