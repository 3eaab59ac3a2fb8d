/** What shall exist in the cluster for a resource of a user: pure, one class for each kind. */
@NullMarked
package org.spawnmesh.controller.desired;

import org.jspecify.annotations.NullMarked;
