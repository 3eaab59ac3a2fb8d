package org.spawnmesh.spring.management;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.spawnmesh.actor.ActorDefinition;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.ActorType;
import org.spawnmesh.actor.Answer;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.actor.Kind;
import org.spawnmesh.actor.Payload;
import org.spawnmesh.host.HostCall;
import org.spawnmesh.host.HostReply;
import org.spawnmesh.runtime.SpawnNode;
import org.spawnmesh.statestore.jdbc.JdbcStateStore;
import org.spawnmesh.statestore.jdbc.StorePool;
import tools.jackson.databind.json.JsonMapper;

class ActorPagesTest {

  private static final ActorType CUSTOMER = new ActorType("bank", "Customer");

  @TempDir private Path folder;
  private JdbcStateStore store;
  private SpawnNode node;
  private ActorPages pages;

  @BeforeEach
  void start() {
    store =
        JdbcStateStore.builder(new StorePool("jdbc:h2:" + folder.resolve("bank"), null, null, 1))
            .system("bank")
            .build();
    node = SpawnNode.builder(store).build();
    node.register(
        ActorDefinition.of(CUSTOMER, Kind.UNNAMED, b -> b.stateful(true).actions("tag")),
        ActorPagesTest::tag);
    node.start();
    pages = new ActorPages(node, new Ids("bank"));
  }

  @AfterEach
  void stop() {
    node.close();
    store.close();
  }

  /** Takes its payload as the value of the only tag; no tag if there is none. */
  private static HostReply tag(HostCall call) {
    String tier = new String(call.payload().bytes(), StandardCharsets.UTF_8);
    return HostReply.of(Payload.NONE, call.payload())
        .withTags(tier.isEmpty() ? Map.of() : Map.of("tier", tier));
  }

  private CompletableFuture<Answer> tag(String name, String tier) {
    Payload payload = Payload.of("text", tier.getBytes(StandardCharsets.UTF_8));
    return node.invoke(Invocation.ask(new ActorId(CUSTOMER, name), "tag", payload))
        .toCompletableFuture();
  }

  private static Request request(Map<String, String> query) {
    return new Request("GET", List.of(), query, JsonMapper.shared().createObjectNode());
  }

  private Map<String, Object> stored(Map<String, String> query) {
    return pages.stored("Customer", request(query));
  }

  private List<Object> active(Map<String, String> query) {
    return names(pages.active("Customer", request(query)));
  }

  private static List<Object> names(Map<String, Object> page) {
    return ((List<?>) page.get("actors"))
        .stream().<Object>map(row -> ((Map<?, ?>) row).get("name")).toList();
  }

  @Test
  void storedActorsAreFoundByTag() {
    tag("alice", "gold").join();
    tag("anna", "").join();
    tag("bob", "silver").join();
    tag("carl", "gold").join();

    assertThat(names(stored(Map.of("tag", "tier")))).containsExactly("alice", "bob", "carl");
    assertThat(names(stored(Map.of("tag", "tier=gold")))).containsExactly("alice", "carl");
    assertThat(names(stored(Map.of("tag", "gold")))).isEmpty();
    assertThat(names(stored(Map.of("tag", "tier", "prefix", "b")))).containsExactly("bob");
    Map<String, Object> first = stored(Map.of("tag", "tier=gold", "limit", "1"));
    assertThat(names(first)).containsExactly("alice");
    Map<String, Object> second =
        stored(Map.of("tag", "tier=gold", "limit", "1", "after", (String) first.get("next")));
    assertThat(names(second)).containsExactly("carl");
    assertThat(second.get("next")).isNull();
    assertThat(names(stored(Map.of()))).containsExactly("alice", "anna", "bob", "carl");
  }

  @Test
  void aPageLooksAtSoManyRowsAndTheNextOneGoesOn() {
    List<CompletableFuture<Answer>> all = new ArrayList<>();
    for (int i = 0; i < 5_001; i++) {
      all.add(tag("c%05d".formatted(i), ""));
    }
    all.forEach(CompletableFuture::join);
    tag("zoe", "gold").join();

    Map<String, Object> first = stored(Map.of("tag", "tier"));
    assertThat(names(first)).isEmpty();
    assertThat(first.get("next")).isEqualTo("c04999");
    Map<String, Object> second = stored(Map.of("tag", "tier", "after", "c04999"));
    assertThat(names(second)).containsExactly("zoe");
    assertThat(second.get("next")).isNull();
  }

  @Test
  void actorsInMemoryAndThoseThatTakeNoCallsAreFoundByTag() {
    tag("alice", "gold").join();
    tag("anna", "").join();
    tag("bo", "silver").join();
    tag("bob", "gold").join();
    node.repair().pause(new ActorId(CUSTOMER, "bo"), "ada looks into it");
    node.repair().pause(new ActorId(CUSTOMER, "anna"), "ada looks into it");

    assertThat(active(Map.of("tag", "tier=gold"))).containsExactly("alice", "bob");
    assertThat(active(Map.of("tag", "tier", "phase", "paused"))).containsExactly("bo");
    assertThat(active(Map.of("tag", "tier=gold", "phase", "paused"))).isEmpty();
    assertThat(active(Map.of("phase", "paused"))).containsExactly("anna", "bo");
  }
}
