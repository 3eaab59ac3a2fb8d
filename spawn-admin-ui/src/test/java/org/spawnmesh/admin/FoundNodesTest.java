package org.spawnmesh.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class FoundNodesTest {

  private static final URI A = URI.create("http://a:9091");
  private static final URI B = URI.create("http://b:9091");

  private final AtomicLong now = new AtomicLong();
  private final Queue<Runnable> aside = new ArrayDeque<>();
  private Supplier<List<URI>> there = () -> List.of(A);
  private int searches;

  private final FoundNodes nodes =
      new FoundNodes(
          new Discovery() {
            @Override
            public List<URI> find() {
              searches++;
              return there.get();
            }

            @Override
            public void close() {}
          },
          aside::add,
          now::get);

  private void search() {
    Runnable next;
    while ((next = aside.poll()) != null) {
      next.run();
    }
  }

  private void later() {
    now.addAndGet(Duration.ofSeconds(2).toNanos());
  }

  @Test
  void nobodyWaitsForASearch() {
    assertThat(nodes.get()).isEmpty();
    search();
    assertThat(nodes.get()).containsExactly(A);

    there = () -> List.of(A, B);
    later();
    assertThat(nodes.get()).containsExactly(A);
    search();
    assertThat(nodes.get()).containsExactly(A, B);
  }

  @Test
  void itSearchesOnceHoweverManyAsk() {
    nodes.get();
    nodes.get();
    search();
    nodes.get();
    search();
    assertThat(searches).isEqualTo(1);
    later();
    assertThat(aside).isEmpty(); // nobody looks
    nodes.get();
    nodes.get();
    search();
    assertThat(searches).isEqualTo(2);
  }

  @Test
  void aSearchThatFailsLosesNobody() {
    search();
    there =
        () -> {
          throw new IllegalStateException("ZooKeeper does not answer");
        };
    later();
    nodes.get();
    search();
    assertThat(nodes.get()).containsExactly(A);

    there = () -> List.of(B);
    later();
    nodes.get();
    search();
    assertThat(nodes.get()).containsExactly(B);
  }
}
