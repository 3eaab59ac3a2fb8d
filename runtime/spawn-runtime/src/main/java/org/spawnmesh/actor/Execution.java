package org.spawnmesh.actor;

/** What a caller may assume about an action whose call failed. */
public enum Execution {
  /** It did not run, or what it did was undone as a whole: calling again is safe. */
  NOT_EXECUTED("did not take effect"),
  /** It ran; the failure is its outcome. The actor's state is as before. */
  EXECUTED("ran, and left the state as it was"),
  /** It may have taken effect; only the actor can tell. */
  UNKNOWN("may have taken effect");

  private final String words;

  Execution(String words) {
    this.words = words;
  }

  /** To be read after "the action". */
  public String words() {
    return words;
  }
}
