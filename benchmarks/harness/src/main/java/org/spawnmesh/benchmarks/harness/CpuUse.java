package org.spawnmesh.benchmarks.harness;

/**
 * Cores in use over a span of time.
 *
 * @param jvm by this JVM
 * @param servers by the servers it uses, such as PostgreSQL
 * @param foreign by everything else on the machine: the noise
 */
record CpuUse(double jvm, double servers, double foreign) {}
