@NullMarked
package org.spawnmesh.spring.observation;

import org.jspecify.annotations.NullMarked;
