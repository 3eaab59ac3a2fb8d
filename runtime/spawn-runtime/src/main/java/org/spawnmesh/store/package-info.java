/**
 * Where state lives and who may write it. The rules behind {@link
 * org.spawnmesh.store.StateStore#commit} and {@link org.spawnmesh.store.Ledger} were model-checked;
 * they are explained in {@code docs/explanation/ownership-and-commit.md}.
 */
@NullMarked
package org.spawnmesh.store;

import org.jspecify.annotations.NullMarked;
