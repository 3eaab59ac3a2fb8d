/**
 * A Kubernetes API server in memory. What it has: resource versions, generations, conflicts,
 * watches that begin where a list ended and may be told that they are too old, label selectors,
 * status as a subresource, merge patches, JSON patches, server-side apply with field ownership,
 * finalizers, deletion of what belonged to the deleted, defaults and validation by the CRDs,
 * role-based access, and failures on request. What it lacks: validation of Kubernetes' own kinds
 * beyond a deployment's selector, most of their defaults, and the other controllers of a cluster,
 * but for pods that appear and vanish when a test says so.
 */
@org.jspecify.annotations.NullMarked
package org.spawnmesh.controller.fake;
