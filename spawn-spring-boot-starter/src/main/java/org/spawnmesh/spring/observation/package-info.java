/**
 * What Micrometer observes of calls, and how it is named. Needs {@code micrometer-observation};
 * with {@code micrometer-tracing} on the class path, too, traces go on from node to node.
 */
@NullMarked
package org.spawnmesh.spring.observation;

import org.jspecify.annotations.NullMarked;
