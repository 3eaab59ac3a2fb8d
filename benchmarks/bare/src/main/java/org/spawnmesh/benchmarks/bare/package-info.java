/**
 * The limits: counters with nothing around them that a product needs. No placement, no hand-off, no
 * deadlines, no bounds on memory; what remains is the mailbox, and the commit with its fence and
 * revision check. An engine is measured by how near it comes.
 */
@NullMarked
package org.spawnmesh.benchmarks.bare;

import org.jspecify.annotations.NullMarked;
