package org.spawnmesh.store;

/**
 * One life of a node. Never reused, not even after the node was restarted.
 *
 * @param number handed out by the {@link Ledger}, ascending
 */
public record Incarnation(long number) {

  @Override
  public String toString() {
    return "#" + number;
  }
}
