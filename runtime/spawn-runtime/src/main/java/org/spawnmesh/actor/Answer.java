package org.spawnmesh.actor;

/** How a call ended. */
public sealed interface Answer {

  /** Nothing to say, and nothing went wrong. */
  Answer EMPTY = new Ok(Payload.NONE);

  static Answer of(Payload payload) {
    return payload.isNone() ? EMPTY : new Ok(payload);
  }

  static Answer failed(Failure failure) {
    return new Failed(failure);
  }

  /** The payload, or the failure as an exception. */
  Payload orThrow();

  /** The action ran, and what it saw and changed is durable. */
  record Ok(Payload payload) implements Answer {
    @Override
    public Payload orThrow() {
      return payload;
    }
  }

  /** The call failed; the failure says whether the action took effect. */
  record Failed(Failure failure) implements Answer {
    @Override
    public Payload orThrow() {
      throw new SpawnException(failure);
    }
  }
}
