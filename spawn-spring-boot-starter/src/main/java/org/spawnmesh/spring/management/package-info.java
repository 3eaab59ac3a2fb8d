/**
 * The management API of a node: what people and their consoles ask of it, over HTTP, on a port of
 * its own.
 */
@NullMarked
package org.spawnmesh.spring.management;

import org.jspecify.annotations.NullMarked;
