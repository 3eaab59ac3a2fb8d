package org.spawnmesh.benchmarks.jmh;

import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.spawnmesh.actor.ActorDefinition;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.ActorType;
import org.spawnmesh.actor.Answer;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.actor.Kind;
import org.spawnmesh.actor.Payload;
import org.spawnmesh.host.HostReply;
import org.spawnmesh.runtime.SpawnNode;
import org.spawnmesh.spring.management.LiveFigures;
import org.spawnmesh.store.InMemoryStateStore;

/**
 * One call to one idle actor through the engine alone, with the hand-over to its thread and back.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class InvocationBenchmark {

  /** Whether a console could watch the node; none does. */
  @Param({"false", "true"})
  private boolean console;

  private SpawnNode node;
  private Invocation read;
  private Invocation unknown;

  @Setup
  public void start() {
    SpawnNode.Builder builder = SpawnNode.builder(new InMemoryStateStore());
    if (console) {
      LiveFigures figures = new LiveFigures(System::nanoTime, InstantSource.system());
      builder.listener(figures).tracer(figures.chains());
    }
    node = builder.build();
    ActorType type = new ActorType("bench", "Echo");
    node.register(
        ActorDefinition.of(type, Kind.UNNAMED, parts -> parts.actions("echo")),
        call -> HostReply.of(call.payload()));
    node.start();
    read = Invocation.ask(new ActorId(type, "a"), "echo", Payload.of("text", new byte[] {1}));
    unknown = Invocation.ask(new ActorId(type, "a"), "nothing", Payload.NONE);
  }

  @TearDown
  public void stop() {
    node.close();
  }

  @Benchmark
  public Answer ask() {
    return node.invoke(read).toCompletableFuture().join();
  }

  /** The door without a turn: admission, routing, and a coded refusal. */
  @Benchmark
  public Answer refusal() {
    return node.invoke(unknown).toCompletableFuture().join();
  }
}
