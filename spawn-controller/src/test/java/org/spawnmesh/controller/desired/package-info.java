/** Desired objects, as golden files and rule by rule. */
@org.jspecify.annotations.NullMarked
package org.spawnmesh.controller.desired;
