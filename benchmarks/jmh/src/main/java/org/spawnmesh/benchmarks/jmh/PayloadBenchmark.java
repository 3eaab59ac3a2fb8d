package org.spawnmesh.benchmarks.jmh;

import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.spawnmesh.spring.payload.PayloadCodec;
import org.spawnmesh.spring.payload.PayloadCodecs;
import tools.jackson.databind.json.JsonMapper;

/** What a value costs on its way to an actor: passed by reference, or as bytes and back. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class PayloadBenchmark {

  public record Item(String product, int quantity) {}

  public record Items(Map<String, Integer> quantities) {}

  private final PayloadCodecs codecs = new PayloadCodecs(JsonMapper.builder().build());
  private final PayloadCodec item = codecs.of(Item.class);
  private final PayloadCodec items = codecs.of(Items.class);
  private final Item tea = new Item("tea", 2);
  private final Items cart = new Items(Map.of("tea", 2, "cup", 1, "pot", 1));

  /** Provably immutable: by reference. */
  @Benchmark
  public Object shared() {
    return item.decode(item.encode(tea));
  }

  /** Holds a map: copied through JSON. */
  @Benchmark
  public Object copied() {
    return items.decode(items.encode(cart));
  }

  /** What a commit pays for a shared record's bytes. */
  @Benchmark
  public byte[] bytes() {
    return item.encode(tea).bytes();
  }
}
