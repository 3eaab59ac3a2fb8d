/** The CRDs: made of the classes of the API, and tested as an API server would use them. */
@org.jspecify.annotations.NullMarked
package org.spawnmesh.controller.crd;
