/**
 * The engine. An invocation passes six stops: {@link org.spawnmesh.runtime.SpawnNode}, {@code
 * Router}, {@code Activations}, {@code Activation}, {@code Turn} and {@link
 * org.spawnmesh.host.ActorHost}; {@code docs/internals/one-invocation.md} walks them.
 */
@NullMarked
package org.spawnmesh.runtime;

import org.jspecify.annotations.NullMarked;
