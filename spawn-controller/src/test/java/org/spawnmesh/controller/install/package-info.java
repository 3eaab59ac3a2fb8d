/** The controller's own manifests: made of objects, and written to deploy/. */
@org.jspecify.annotations.NullMarked
package org.spawnmesh.controller.install;
