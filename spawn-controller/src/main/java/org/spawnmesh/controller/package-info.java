/** The Kubernetes operator. */
@NullMarked
package org.spawnmesh.controller;

import org.jspecify.annotations.NullMarked;
