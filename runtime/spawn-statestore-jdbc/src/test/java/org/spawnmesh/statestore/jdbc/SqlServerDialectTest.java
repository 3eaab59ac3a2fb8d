package org.spawnmesh.statestore.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.store.Cause;

/**
 * There is no SQL Server to run against here. This holds the T-SQL batch and what goes into it as
 * they were reviewed, and the meaning of errors; it does not prove that the server accepts them.
 */
class SqlServerDialectTest {

  private final SqlServerDialect dialect = new SqlServerDialect(new Tables("spawn_"));

  @Test
  void theCommitIsTheReviewedBatch() throws Exception {
    try (InputStream golden = getClass().getResourceAsStream("sqlserver-commit.sql")) {
      assertThat(dialect.commitStatement())
          .isEqualTo(new String(golden.readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  @Test
  void rowsTravelAsJsonWithStateInBase64AndWithoutWhatIsNull() {
    Cause cause =
        new Cause("a\"dd", ActorId.of("shop", "Cart", "bob"), null, Instant.ofEpochSecond(1));
    Row full =
        new Row("Cart", "it\\s 😀", 8, 4, "t", new byte[] {0, -1}, "k1", "{\"a\":\"b\"}", cause, 8);
    Row erased = new Row("Cart", "x", 1, 0, null, null, null, null, cause, 0);

    assertThat(SqlServerDialect.json(List.of(full, erased)))
        .isEqualTo(
            "[{\"revision\":8,\"expected\":4,\"keep\":8,\"trims\":true,\"occurred_at\":1000000,\"type\":\"Cart\","
                + "\"name\":\"it\\\\s \\ud83d\\ude00\",\"state_type\":\"t\",\"state\":\"AP8=\",\"key_id\":\"k1\","
                + "\"tags\":\"{\\\"a\\\":\\\"b\\\"}\",\"action\":\"a\\\"dd\",\"caller\":\"shop:Cart/bob\"},"
                + "{\"revision\":1,\"expected\":0,\"keep\":0,\"trims\":false,\"occurred_at\":1000000,\"type\":\"Cart\","
                + "\"name\":\"x\",\"action\":\"a\\\"dd\",\"caller\":\"shop:Cart/bob\"}]");
  }

  @Test
  void anErrorOfTheServerMeansRolledBackAndALostConnectionMeansUnknown() {
    assertThat(dialect.isSurelyRolledBack(new SQLException("deadlock", "40001", 1205))).isTrue();
    assertThat(dialect.isSurelyRolledBack(new SQLException("reset", "08S01", 0))).isFalse();
    assertThat(dialect.isSurelyRolledBack(new SQLException("timeout", "HY008", 0))).isFalse();
    assertThat(dialect.isRefused(new SQLException("truncated", "22001", 2628))).isTrue();
  }
}
