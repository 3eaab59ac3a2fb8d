package org.spawnmesh.actor;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The synchronous calls that are waiting for this one, innermost first. Immutable; shared tails.
 *
 * @param actor who is waiting
 * @param action which of its actions is waiting
 * @param outer who waits for that one, or null at the edge of the mesh
 */
public record CallChain(ActorId actor, String action, @Nullable CallChain outer) {

  /** Is {@code id} waiting anywhere in this chain? */
  public boolean contains(ActorId id) {
    for (CallChain link = this; link != null; link = link.outer) {
      if (link.actor.equals(id)) {
        return true;
      }
    }
    return false;
  }

  public int length() {
    int n = 0;
    for (CallChain link = this; link != null; link = link.outer) {
      n++;
    }
    return n;
  }

  /** Outermost first: {@code cart/7.add → stock/42.reserve}. */
  @Override
  public String toString() {
    Deque<String> links = new ArrayDeque<>();
    for (CallChain link = this; link != null; link = link.outer) {
      links.addFirst(link.actor.shortName() + "." + link.action);
    }
    return links.stream().collect(Collectors.joining(" → "));
  }
}
