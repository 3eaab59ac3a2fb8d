/** Sees what there is, asks for a plan, and does it: the controllers, on Java Operator SDK. */
@NullMarked
package org.spawnmesh.controller.reconcile;

import org.jspecify.annotations.NullMarked;
