@NullMarked
package org.spawnmesh.admin;

import org.jspecify.annotations.NullMarked;
