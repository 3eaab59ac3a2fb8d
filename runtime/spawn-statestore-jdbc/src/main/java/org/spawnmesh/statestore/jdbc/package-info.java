/** Keeps actor state in a relational database and lets the database decide who may write it. */
@NullMarked
package org.spawnmesh.statestore.jdbc;

import org.jspecify.annotations.NullMarked;
