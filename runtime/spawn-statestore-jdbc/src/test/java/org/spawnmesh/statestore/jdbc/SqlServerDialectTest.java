package org.spawnmesh.statestore.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.statestore.jdbc.TableWrite.Mode;
import org.spawnmesh.store.Cause;

/**
 * There is no SQL Server to run against here. This holds the T-SQL batch and what goes into it as
 * they were reviewed, and the meaning of errors; it does not prove that the server accepts them.
 */
class SqlServerDialectTest {

  private final SqlServerDialect dialect = new SqlServerDialect(new Tables("spawn_"));

  @Test
  void theCommitIsTheReviewedBatch() throws Exception {
    assertThat(dialect.commitStatement(List.of())).isEqualTo(golden("sqlserver-commit.sql"));
  }

  @Test
  void whatIsWrittenBesideSnapshotsIsInTheSameTransaction() throws Exception {
    Tables tables = new Tables("spawn_");
    List<TableWrite> writes =
        List.of(
            new TableWrite(Table.outbox(tables), Mode.INSERT, List.of()),
            new TableWrite(Table.outbox(tables), Mode.DELETE, List.of()),
            new TableWrite(Table.reply(tables), Mode.REPLACE, List.of()));
    assertThat(dialect.commitStatement(writes)).isEqualTo(golden("sqlserver-commit-more.sql"));
  }

  @Test
  void otherRowsTravelAsJsonToo() {
    Table outbox = Table.outbox(new Tables("spawn_"));
    @Nullable Object[] row = {
      "T", "n\"", 7L, 1L, "s:T/n", "a", null, new byte[] {0, -1}, null, null
    };
    @Nullable Object[] key = {"T", "n", 7L};
    assertThat(SqlServerDialect.json(new TableWrite(outbox, Mode.INSERT, List.of(row, row))))
        .startsWith(
            "[{\"type\":\"T\",\"name\":\"n\\\"\",\"sequence\":7,\"ordered\":1,\"target\":\"s:T/n\",\"action\":\"a\",\"payload\":\"AP8=\"},{\"type\"")
        .endsWith("}]");
    List<@Nullable Object[]> keys = new ArrayList<>();
    keys.add(key);
    assertThat(SqlServerDialect.json(new TableWrite(outbox, Mode.DELETE, keys)))
        .isEqualTo("[{\"type\":\"T\",\"name\":\"n\",\"sequence\":7}]");
  }

  private String golden(String file) throws IOException {
    try (InputStream golden = getClass().getResourceAsStream(file)) {
      return new String(golden.readAllBytes(), StandardCharsets.UTF_8);
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
            "[{\"revision\":8,\"expected\":4,\"keep\":8,\"trims\":true,\"occurred_at\":1000000,\"type\":\"Cart\",\"name\":\"it\\\\s"
                + " \\ud83d\\ude00\",\"state_type\":\"t\",\"state\":\"AP8=\",\"key_id\":\"k1\","
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
