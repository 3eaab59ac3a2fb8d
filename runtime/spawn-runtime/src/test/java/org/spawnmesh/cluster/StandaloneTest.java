package org.spawnmesh.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.Answer;
import org.spawnmesh.actor.Broadcast;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.store.InMemoryStateStore;
import org.spawnmesh.store.Incarnation;
import org.spawnmesh.store.StoreLockedException;

class StandaloneTest {

  private final InMemoryStateStore store = new InMemoryStateStore();
  private final Set<String> listening = new HashSet<>();
  private final Standalone standalone = new Standalone("alone", Duration.ZERO, this::listening);

  private static final LocalNode NODE =
      new LocalNode() {
        @Override
        public void joined(Incarnation incarnation) {}

        @Override
        public CompletionStage<Answer> invoke(Invocation invocation) {
          throw new IllegalStateException("nobody calls");
        }

        @Override
        public void cast(Broadcast broadcast, ActorId source, Map<String, String> metadata) {}

        @Override
        public void closing() {}

        @Override
        public void opened(Gate gate, List<String> warm) {}

        @Override
        public void fenced(Incarnation incarnation, String why) {}
      };

  private Set<String> listening(Set<String> addresses) {
    Set<String> there = new HashSet<>(addresses);
    there.retainAll(listening);
    return there;
  }

  private Incarnation join() {
    return standalone.join(store, 1, NODE).toCompletableFuture().join();
  }

  private void mesh(String... addresses) {
    List<Member> members =
        List.of(addresses).stream()
            .map(
                address ->
                    new Member(store.register("n", 1), "n-" + address, address, "", Map.of()))
            .toList();
    Set<Incarnation> all = new HashSet<>();
    members.forEach(member -> all.add(member.incarnation()));
    store.raise(store.view(), all, Roster.of(0, 16, members).details());
  }

  @Test
  void aNodeDoesNotStartAloneWhereAMeshRuns() {
    mesh("one:1", "two:1");
    listening.add("two:1");
    long view = store.view().number();
    assertThatExceptionOfType(CompletionException.class)
        .isThrownBy(this::join)
        .withCauseInstanceOf(StoreLockedException.class)
        .withMessageContaining("view 1, 1 listen, for example n-two:1#2 at two:1");
    assertThat(store.view().number()).as("nobody is fenced").isEqualTo(view);
    listening.clear();
    assertThat(store.isMember(join())).isTrue();
  }

  @Test
  void whatAMeshLeftBehindStopsNobody() {
    mesh("one:1", "two:1");
    assertThat(store.isMember(join())).isTrue();
  }
}
