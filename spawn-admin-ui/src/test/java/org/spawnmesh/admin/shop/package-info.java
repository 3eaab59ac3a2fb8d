/** A small shop on three nodes, each a process of its own, for the console to look at. */
@NullMarked
package org.spawnmesh.admin.shop;

import org.jspecify.annotations.NullMarked;
