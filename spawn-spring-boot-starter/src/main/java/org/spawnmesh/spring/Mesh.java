package org.spawnmesh.spring;

import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.runtime.SpawnNode;
import org.spawnmesh.spring.payload.PayloadCodecs;

/** What every call needs: the node it goes through, the system it stays in, and the codecs. */
record Mesh(SpawnNode node, String system, PayloadCodecs codecs) {

  private static final ThreadFactory ANSWERS = Thread.ofVirtual().name("spawn-answer").factory();

  /** Runs what depends on answers, so that it cannot hold up the engine's threads. */
  static final Executor VIRTUAL_THREADS = task -> ANSWERS.newThread(task).start();

  ActorId id(String type, String name) {
    return ActorId.of(system, type, name);
  }
}
