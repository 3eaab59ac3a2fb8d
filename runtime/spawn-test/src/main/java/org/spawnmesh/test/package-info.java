/**
 * What a test of actors needs: a mesh in one JVM, virtual time, and the contract suites that every
 * implementation of an engine interface passes.
 */
@NullMarked
package org.spawnmesh.test;

import org.jspecify.annotations.NullMarked;
