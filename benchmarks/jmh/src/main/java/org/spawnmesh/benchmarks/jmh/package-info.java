/**
 * The hot parts one by one; {@code benchmarks/README.md} says how to run them. Not null-marked: JMH
 * fills the fields.
 */
package org.spawnmesh.benchmarks.jmh;
