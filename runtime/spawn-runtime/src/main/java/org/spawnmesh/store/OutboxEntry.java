package org.spawnmesh.store;

import java.util.Map;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.Payload;

/**
 * A message that an actor has sent and that is not delivered yet. It is written in the commit of
 * the turn that sent it, and removed when its target has made its own turn durable. Immutable.
 *
 * @param key who sent it, and as which of its messages
 * @param ordered delivered after all earlier ordered entries of this sender to this target; else
 *     for itself, whenever it can
 * @param target who shall run it
 */
public record OutboxEntry(
    Key key,
    boolean ordered,
    ActorId target,
    String action,
    Payload payload,
    Map<String, String> metadata) {

  public OutboxEntry {
    metadata = Map.copyOf(metadata);
  }

  /**
   * The identity of an entry.
   *
   * @param sequence ascends with every entry of the sender; never used twice, not even after a
   *     commit that failed was followed by others
   */
  public record Key(ActorId sender, long sequence) {

    /** {@code type/name#sequence}: how the entry is named in messages. */
    @Override
    public String toString() {
      return sender.shortName() + "#" + sequence;
    }
  }

  public ActorId sender() {
    return key.sender();
  }

  public long sequence() {
    return key.sequence();
  }

  /** The same message, to be delivered for itself. */
  public OutboxEntry unordered() {
    return new OutboxEntry(key, false, target, action, payload, metadata);
  }
}
