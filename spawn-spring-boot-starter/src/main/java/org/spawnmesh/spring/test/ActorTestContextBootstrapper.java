package org.spawnmesh.spring.test;

import org.springframework.boot.test.autoconfigure.TestSliceTestContextBootstrapper;

/** Reads {@link ActorTest#properties}. */
final class ActorTestContextBootstrapper extends TestSliceTestContextBootstrapper<ActorTest> {}
