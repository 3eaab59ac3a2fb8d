package org.spawnmesh.benchmarks.pekko;

import org.apache.pekko.actor.typed.ActorRef;

/** What a counter entity is asked; it replies with its value. */
sealed interface Command extends CborSerializable {

  record Add(long n, ActorRef<Long> replyTo) implements Command {}

  record Get(ActorRef<Long> replyTo) implements Command {}
}
