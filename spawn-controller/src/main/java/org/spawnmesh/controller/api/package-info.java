/** The resources that users write, as classes; the CRDs in {@code deploy/crds} are made of them. */
@NullMarked
package org.spawnmesh.controller.api;

import org.jspecify.annotations.NullMarked;
