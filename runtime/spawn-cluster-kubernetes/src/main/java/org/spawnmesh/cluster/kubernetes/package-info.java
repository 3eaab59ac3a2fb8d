/** Who is alive, by the API server of Kubernetes. The client appears in no public signature. */
@NullMarked
package org.spawnmesh.cluster.kubernetes;

import org.jspecify.annotations.NullMarked;
