/**
 * Apache Pekko as a peer: cluster sharding with the typed API, state in memory, event sourced, or
 * durable state. Its defaults are kept; {@code application.conf} says where not, and why.
 */
@NullMarked
package org.spawnmesh.benchmarks.pekko;

import org.jspecify.annotations.NullMarked;
