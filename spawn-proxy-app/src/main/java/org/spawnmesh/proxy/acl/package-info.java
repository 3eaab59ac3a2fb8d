/** Who may call what. */
@NullMarked
package org.spawnmesh.proxy.acl;

import org.jspecify.annotations.NullMarked;
