/** Tests of the controller. */
@org.jspecify.annotations.NullMarked
package org.spawnmesh.controller;
