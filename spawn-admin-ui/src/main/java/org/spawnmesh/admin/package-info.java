/**
 * The console of a mesh: gathers what nodes tell by their management API, lets people in, and shows
 * it.
 */
@NullMarked
package org.spawnmesh.admin;

import org.jspecify.annotations.NullMarked;
