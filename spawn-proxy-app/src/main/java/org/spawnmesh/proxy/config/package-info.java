/** What the environment says, as properties. */
@NullMarked
package org.spawnmesh.proxy.config;

import org.jspecify.annotations.NullMarked;
