package org.spawnmesh.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ViewLogTest {

  private final ViewLog log = new ViewLog(InstantSource.fixed(Instant.EPOCH));

  private void saw(long view, String leader) {
    JsonNode mesh =
        JsonMapper.builder()
            .build()
            .readTree(
                """
                {"view":%d,"leader":%s,"members":[
                  {"name":"node-a","incarnation":7},{"name":"node-b","incarnation":8}]}
                """
                    .formatted(view, leader));
    log.saw("shop", mesh);
  }

  @Test
  void newViewsAndNewLeadersAreKeptAndNothingElse() {
    saw(0, "null");
    saw(2, "7");
    saw(2, "7");
    saw(2, "null"); // for a moment nobody knows
    assertThat(log.of("shop")).hasSize(1);
    saw(1, "8"); // a node that is behind
    saw(2, "8");
    saw(3, "null");
    saw(3, "8");

    assertThat(log.of("shop"))
        .extracting(seen -> seen.number() + " " + seen.leader())
        .containsExactly("3 node-b", "2 node-b", "2 node-a");
    assertThat(log.of("shop").getFirst().members()).containsExactly("node-a", "node-b");
    assertThat(log.of("bank")).isEmpty();
  }
}
