/**
 * Turns values into payloads and back: JSON by Jackson, protobuf messages as they are, and values
 * that nobody can change by reference.
 */
@NullMarked
package org.spawnmesh.spring.payload;

import org.jspecify.annotations.NullMarked;
