package org.spawnmesh.benchmarks.mesh;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.actor.Payload;
import org.spawnmesh.benchmarks.harness.Counter;
import org.spawnmesh.cluster.PeerAnswer;
import org.spawnmesh.cluster.PeerTransport.Link;

/** Asks a node that answers what it gets; so there is nothing to count. */
final class EchoCounter implements Counter {

  private static final ActorId[] ACTORS =
      IntStream.range(0, 1_000)
          .mapToObj(i -> ActorId.of("bench", "Counter", "c" + i))
          .toArray(ActorId[]::new);

  private final Link link;

  EchoCounter(Link link) {
    this.link = link;
  }

  @Override
  public CompletionStage<Long> add(int actor, long n) {
    throw new UnsupportedOperationException("an echo does not count");
  }

  @Override
  public CompletionStage<Long> get(int actor) {
    Payload payload = Payload.of("long", ByteBuffer.allocate(8).putLong(actor).array());
    long deadline = System.nanoTime() + Duration.ofSeconds(TIMEOUT_SECONDS).toNanos();
    return link.invoke(1, Invocation.ask(ACTORS[actor], "add", payload).withDeadline(deadline))
        .thenApply(
            answer ->
                ByteBuffer.wrap(((PeerAnswer.Answered) answer).answer().orThrow().bytes())
                    .getLong());
  }
}
