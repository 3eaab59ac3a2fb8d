/** Checks of manifests that stand in for those of an API server. */
@org.jspecify.annotations.NullMarked
package org.spawnmesh.controller.schema;
