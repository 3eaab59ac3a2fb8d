/** What to do now, given what there is: pure, so that any order of events can be tested. */
@NullMarked
package org.spawnmesh.controller.plan;

import org.jspecify.annotations.NullMarked;
