/**
 * Actors as Spring beans: the annotations that declare them, what their actions see and answer, and
 * the ways to call them.
 */
@NullMarked
package org.spawnmesh.spring;

import org.jspecify.annotations.NullMarked;
