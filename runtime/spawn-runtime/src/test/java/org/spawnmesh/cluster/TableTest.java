package org.spawnmesh.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.ActorType;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.actor.Kind;
import org.spawnmesh.cluster.Member.Offer;
import org.spawnmesh.store.Incarnation;
import org.spawnmesh.store.Slots;

/** Which slots a node looks through for reminders that are due. */
class TableTest {

  private static final ActorType CART = new ActorType("shop", "Cart");
  private static final ActorType PRICES = new ActorType("shop", "Prices");
  private static final ActorType UNKNOWN = new ActorType("shop", "Unknown");

  private static final List<ActorId> CARTS =
      IntStream.range(0, 3_000).mapToObj(i -> new ActorId(CART, "c" + i)).toList();

  /** Nobody calls it here. */
  private static final Peer NOBODY =
      new Peer() {
        @Override
        public String name() {
          return "nobody";
        }

        @Override
        public CompletionStage<PeerAnswer> invoke(Invocation invocation) {
          throw new AssertionError(invocation);
        }
      };

  private final Map<Shard, Gate> gates = new HashMap<>();

  /** Of the second of three nodes, with a gate for each of its shards. */
  private Table table(int partitions) {
    List<Member> members =
        LongStream.rangeClosed(1, 3)
            .mapToObj(
                number ->
                    new Member(
                        new Incarnation(number),
                        "n" + number,
                        "h" + number + ":1",
                        "1",
                        Map.of(CART, Offer.of(Kind.UNNAMED), PRICES, Offer.of(Kind.POOLED))))
            .toList();
    Roster roster = Roster.of(1, partitions, members);
    Routes routes = new Routes(roster);
    Member me = members.get(1);
    Member[] owners = routes.owners().get(CART);
    for (int i = 0; i < partitions; i++) {
      if (owners[i].equals(me)) {
        Shard shard = new Shard(CART, i);
        gates.put(shard, new Gate(shard, partitions, 10));
      }
    }
    return Table.of(roster, routes, gates, me, member -> NOBODY);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 8, 64, 256})
  void aNodeLooksForItsOwnActorsAndForNobodyElses(int partitions) {
    Table table = table(partitions);
    gates.values().forEach(gate -> gate.open(List.of()));
    Slots slots = table.slots(CART);
    for (ActorId cart : CARTS) {
      assertThat(slots.contains(cart)).as("%s", cart).isEqualTo(table.owns(cart));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {100, 512})
  void whereASlotIsNotAShardItLooksForAll(int partitions) {
    Table table = table(partitions);
    gates.values().forEach(gate -> gate.open(List.of()));
    assertThat(table.slots(CART)).isEqualTo(Slots.ALL);
  }

  @Test
  void itDoesNotLookForActorsThatAreStillComingOrAreLeaving() {
    Table table = table(8);
    assertThat(table.slots(CART).isEmpty()).isTrue();

    Gate one = gates.values().iterator().next();
    one.open(List.of());
    Slots slots = table.slots(CART);
    assertThat(slots.isEmpty()).isFalse();
    for (ActorId cart : CARTS) {
      assertThat(slots.contains(cart)).as("%s", cart).isEqualTo(one.guards(cart));
    }

    one.close(warm -> {});
    assertThat(table.slots(CART).isEmpty()).isTrue();
  }

  @Test
  void whatRunsAnywhereIsLookedForByEveryone() {
    assertThat(table(8).slots(PRICES)).isEqualTo(Slots.ALL);
  }

  @Test
  void nobodyLooksForWhatNobodyHosts() {
    assertThat(table(8).slots(UNKNOWN).isEmpty()).isTrue();
  }
}
