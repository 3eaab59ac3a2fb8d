package org.spawnmesh.statestore.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.FailureCode;
import org.spawnmesh.actor.Payload;
import org.spawnmesh.actor.SpawnException;
import org.spawnmesh.store.Cause;
import org.spawnmesh.store.Change;
import org.spawnmesh.store.Commit;
import org.spawnmesh.store.Snapshot;
import org.spawnmesh.store.UnreadableStateException;
import org.spawnmesh.store.WriterId;

/** State at rest under a key: what it hides, what it notices, and how keys are changed. */
class EncryptionTest {

  private static final String SECRET = "alice owes 40 cups of tea";

  private static final String FIRST_KEY = key(1);
  private static final String SECOND_KEY = key(2);
  private static final KeyRing FIRST = KeyRing.of("first", FIRST_KEY);
  private static final KeyRing BOTH =
      KeyRing.of("second", SECOND_KEY).withOlder("first", FIRST_KEY);
  private static final KeyRing SECOND = KeyRing.of("second", SECOND_KEY);

  private final StorePool database = Databases.h2InMemory();
  private final List<JdbcStateStore> opened = new ArrayList<>();
  private final Map<JdbcStateStore, WriterId> writers = new HashMap<>();
  private final Map<JdbcStateStore, Long> batches = new HashMap<>();

  private static String key(int fill) {
    byte[] bytes = new byte[32];
    Arrays.fill(bytes, (byte) fill);
    return Base64.getEncoder().encodeToString(bytes);
  }

  @AfterEach
  void close() {
    opened.forEach(JdbcStateStore::close);
  }

  private JdbcStateStore open(KeyRing ring) {
    JdbcStateStore store = JdbcStateStore.builder(database).system("shop").encryption(ring).build();
    opened.add(store);
    return store;
  }

  private static ActorId actor(String name) {
    return ActorId.of("shop", "Account", name);
  }

  private void save(JdbcStateStore store, String name, long revision, String state) {
    WriterId writer =
        writers.computeIfAbsent(
            store,
            s -> {
              var incarnation = s.ledger().register("node", 1);
              s.ledger().raise(s.ledger().view(), Set.of(incarnation));
              return new WriterId(incarnation, 0);
            });
    Snapshot next =
        new Snapshot(
            actor(name),
            revision,
            Payload.of("text", state.getBytes(StandardCharsets.UTF_8)),
            Map.of("open", "yes"));
    store.commit(
        new Commit(
            writer,
            batches.merge(store, 1L, Long::sum),
            List.of(
                new Change(next, revision - 1, new Cause("set", null, null, Instant.EPOCH), 3))));
  }

  private static String read(JdbcStateStore store, String name) {
    return new String(
        store.load(actor(name)).orElseThrow().state().bytes(), StandardCharsets.UTF_8);
  }

  private void sql(String statement) throws SQLException {
    try (Connection connection = connect();
        Statement change = connection.createStatement()) {
      change.execute(statement);
    }
  }

  private long count(String condition) throws SQLException {
    try (Connection connection = connect();
        Statement select = connection.createStatement();
        var rows = select.executeQuery("SELECT COUNT(*) FROM " + condition)) {
      rows.next();
      return rows.getLong(1);
    }
  }

  private Connection connect() throws SQLException {
    return java.sql.DriverManager.getConnection(
        database.url(), database.username(), database.password());
  }

  @Test
  void theDatabaseHoldsNoStateInTheClear() throws SQLException {
    JdbcStateStore store = open(FIRST);
    save(store, "alice", 1, SECRET);

    assertThat(read(store, "alice")).isEqualTo(SECRET);
    String contains = " WHERE LOCATE('cups', UTF8TOSTRING(state)) > 0";
    assertThat(count("spawn_snapshot" + contains)).isZero();
    assertThat(count("spawn_history" + contains)).isZero();
    assertThat(count("spawn_snapshot WHERE key_id = 'first'")).isEqualTo(1);
    assertThat(count("spawn_history WHERE key_id = 'first'")).isEqualTo(1);
    assertThat(
            new String(
                store.history(actor("alice"), 1).get(0).snapshot().state().bytes(),
                StandardCharsets.UTF_8))
        .isEqualTo(SECRET);
  }

  @Test
  void theSameStateNeverLooksTheSame() throws SQLException {
    JdbcStateStore store = open(FIRST);
    save(store, "a", 1, SECRET);
    save(store, "a", 2, SECRET);
    save(store, "b", 1, SECRET);

    assertThat(count("(SELECT DISTINCT state FROM spawn_history)")).isEqualTo(3);
  }

  @Test
  void aRowOfAnotherActorDoesNotOpen() throws SQLException {
    JdbcStateStore store = open(FIRST);
    save(store, "alice", 1, "poor");
    save(store, "bob", 1, "rich");

    sql(
        "UPDATE spawn_snapshot SET state = (SELECT state FROM spawn_snapshot WHERE name = 'bob')"
            + " WHERE name = 'alice'");

    assertThatExceptionOfType(UnreadableStateException.class)
        .isThrownBy(() -> store.load(actor("alice")))
        .withMessageContaining("shop:Account/alice")
        .withMessageContaining("'first'");
    assertThat(read(store, "bob")).isEqualTo("rich");
  }

  @Test
  void anEarlierRevisionOfTheSameActorDoesNotOpen() throws SQLException {
    JdbcStateStore store = open(FIRST);
    save(store, "alice", 1, "rich");
    save(store, "alice", 2, "poor");

    sql("UPDATE spawn_snapshot SET state = (SELECT state FROM spawn_history WHERE revision = 1)");

    assertThatExceptionOfType(UnreadableStateException.class)
        .isThrownBy(() -> store.load(actor("alice")));
  }

  @Test
  void aChangedByteOrTypeDoesNotOpen() throws SQLException {
    JdbcStateStore store = open(FIRST);
    save(store, "a", 1, SECRET);
    save(store, "b", 1, SECRET);
    save(store, "c", 1, SECRET);

    sql("UPDATE spawn_snapshot SET state = state || X'00' WHERE name = 'a'");
    sql("UPDATE spawn_snapshot SET state_type = 'other' WHERE name = 'b'");
    sql("UPDATE spawn_snapshot SET state = X'00' WHERE name = 'c'");

    for (String name : List.of("a", "b", "c")) {
      assertThatExceptionOfType(UnreadableStateException.class)
          .isThrownBy(() -> store.load(actor(name)));
    }
  }

  @Test
  void aStartWithoutTheKeySaysWhichOneIsMissing() {
    save(open(FIRST), "alice", 1, SECRET);

    for (KeyRing wrong : Arrays.asList(null, SECOND)) {
      assertThatExceptionOfType(SpawnException.class)
          .isThrownBy(() -> open(wrong))
          .withMessageContaining("'first'")
          .withMessageNotContaining(FIRST_KEY)
          .satisfies(e -> assertThat(e.code()).isEqualTo(FailureCode.WRONG_ENCRYPTION_KEY));
    }
  }

  @Test
  void aStartWithAnotherKeyUnderTheSameIdIsRefused() {
    open(FIRST);

    assertThatExceptionOfType(SpawnException.class)
        .isThrownBy(() -> open(KeyRing.of("first", SECOND_KEY)))
        .satisfies(e -> assertThat(e.code()).isEqualTo(FailureCode.WRONG_ENCRYPTION_KEY));
  }

  @Test
  void aRowUnderAnUnknownKeyIsUnreadableAndTheOthersAreNot() throws SQLException {
    JdbcStateStore store = open(FIRST);
    save(store, "alice", 1, SECRET);
    save(store, "bob", 1, "fine");
    sql("UPDATE spawn_snapshot SET key_id = 'gone' WHERE name = 'alice'");

    assertThatExceptionOfType(UnreadableStateException.class)
        .isThrownBy(() -> store.load(actor("alice")))
        .withMessageContaining("'gone'");
    assertThat(read(store, "bob")).isEqualTo("fine");
  }

  @Test
  void whatWasStoredOpenStaysReadableAndIsEncryptedWhenItIsWrittenNext() throws SQLException {
    save(open(null), "alice", 1, "open");
    JdbcStateStore store = open(FIRST);

    assertThat(read(store, "alice")).isEqualTo("open");
    save(store, "alice", 2, "closed");

    assertThat(count("spawn_snapshot WHERE key_id = 'first'")).isEqualTo(1);
    assertThat(read(store, "alice")).isEqualTo("closed");
    assertThat(store.history(actor("alice"), 5)).hasSize(2);
  }

  @Test
  void keysAreRotatedWhileActorsChange() throws SQLException {
    save(open(null), "open", 1, "open");
    JdbcStateStore before = open(FIRST);
    for (int i = 0; i < 25; i++) {
      save(before, "n" + i, 1, "state " + i);
    }
    save(before, "n3", 2, "state 3 again");

    JdbcStateStore rotating = open(BOTH);
    save(rotating, "n4", 2, "state 4 again");
    long rows = rotating.reencrypt(4);

    assertThat(rows).isEqualTo((26 - 1) + (28 - 1));
    assertThat(rotating.reencrypt(4)).isZero();
    assertThat(count("spawn_snapshot WHERE key_id = 'second'")).isEqualTo(26);
    assertThat(count("spawn_history WHERE key_id <> 'second' OR key_id IS NULL")).isZero();

    JdbcStateStore after = open(SECOND);
    IntStream.range(5, 25).forEach(i -> assertThat(read(after, "n" + i)).isEqualTo("state " + i));
    assertThat(read(after, "n3")).isEqualTo("state 3 again");
    assertThat(read(after, "open")).isEqualTo("open");
    assertThat(after.history(actor("n3"), 5)).hasSize(2);
    assertThatExceptionOfType(SpawnException.class).isThrownBy(() -> open(FIRST));
  }

  @Test
  void withoutAKeyThereIsNothingToEncryptWith() {
    assertThatIllegalStateException().isThrownBy(() -> open(null).reencrypt(10));
  }

  @Test
  void aKeyThatIsNoneIsRefusedWithoutBeingPrinted() {
    String tooShort = Base64.getEncoder().encodeToString(new byte[16]);
    for (String wrong : List.of("", "not base64!", tooShort)) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> KeyRing.of("k", wrong))
          .withNoCause()
          .satisfies(e -> assertThat(e.getMessage()).contains("'k'"));
    }
    assertThatIllegalArgumentException().isThrownBy(() -> KeyRing.of("a b", FIRST_KEY));
    assertThatIllegalArgumentException().isThrownBy(() -> FIRST.withOlder("first", SECOND_KEY));
    assertThat(BOTH.toString()).contains("first", "second").doesNotContain(FIRST_KEY, SECOND_KEY);
  }
}
