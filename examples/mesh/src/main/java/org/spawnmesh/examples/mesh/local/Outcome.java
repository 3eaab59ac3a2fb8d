package org.spawnmesh.examples.mesh.local;

import tools.jackson.databind.JsonNode;

/** What a caller knows after a call. */
public sealed interface Outcome {

  /** It was done, and this is the answer. */
  record Answered(JsonNode body) implements Outcome {}

  /** It was not done: the node says so, or could not be reached at all. */
  record NotDone(String why) implements Outcome {}

  /** It may have been done. */
  record Unknown(String why) implements Outcome {}
}
