/** The controllers against a cluster in memory. */
@org.jspecify.annotations.NullMarked
package org.spawnmesh.controller.reconcile;
