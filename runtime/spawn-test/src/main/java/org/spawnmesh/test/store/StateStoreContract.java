package org.spawnmesh.test.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.ActorType;
import org.spawnmesh.actor.Answer;
import org.spawnmesh.actor.Failure;
import org.spawnmesh.actor.FailureCode;
import org.spawnmesh.actor.Payload;
import org.spawnmesh.actor.Route;
import org.spawnmesh.store.Alarm;
import org.spawnmesh.store.Cause;
import org.spawnmesh.store.Change;
import org.spawnmesh.store.Commit;
import org.spawnmesh.store.CommitRefusedException;
import org.spawnmesh.store.DeadLetter;
import org.spawnmesh.store.Enclosure;
import org.spawnmesh.store.FencedException;
import org.spawnmesh.store.Incarnation;
import org.spawnmesh.store.KeptReply;
import org.spawnmesh.store.Ledger;
import org.spawnmesh.store.Ledger.StandaloneLock;
import org.spawnmesh.store.OutboxEntry;
import org.spawnmesh.store.Reminder;
import org.spawnmesh.store.ReminderChange;
import org.spawnmesh.store.Slots;
import org.spawnmesh.store.Snapshot;
import org.spawnmesh.store.StaleRevisionException;
import org.spawnmesh.store.StateStore;
import org.spawnmesh.store.StateStore.Fate;
import org.spawnmesh.store.StateStore.Listed;
import org.spawnmesh.store.StateStore.Revision;
import org.spawnmesh.store.StoreException;
import org.spawnmesh.store.StoreLockedException;
import org.spawnmesh.store.StoreUnavailableException;
import org.spawnmesh.store.Upkeep;
import org.spawnmesh.store.View;
import org.spawnmesh.store.ViewConflictException;
import org.spawnmesh.store.WriterId;

/**
 * What {@link StateStore} and {@link Ledger} promise, as tests. Extend it in the tests of a store,
 * and implement {@link #open}; the hooks below it say what the store can and cannot do.
 *
 * <p>Each test works in an actor system of its own, so a shared server needs no cleaning up. Names
 * like F3 and R16 refer to {@code docs/explanation/ownership-and-commit.md}.
 */
public abstract class StateStoreContract {

  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00.123456Z");

  /** The actor system of the running test. */
  protected String system = "";

  /** The store of the running test, and its ledger. */
  protected StateStore store;

  protected Ledger ledger;

  private final List<StateStore> opened = new ArrayList<>();
  private ExecutorService threads;

  @SuppressWarnings("NullAway.Init") // JUnit calls openStore before each test
  protected StateStoreContract() {}

  /**
   * Opens a store for this actor system. Called more than once with the same name, it opens further
   * stores on the same data, as the nodes of one mesh would.
   */
  protected abstract StateStore open(String actorSystem) throws Exception;

  /** A change this store can never hold, or null if it can hold everything. */
  protected @Nullable Snapshot unfit(ActorId actor) {
    return null;
  }

  /** Does the standalone lock keep a second store on the same data out? */
  protected boolean locksStandalone() {
    return true;
  }

  /** Can this store run several commits at once? Otherwise they wait for each other. */
  protected boolean commitsInParallel() {
    return true;
  }

  @BeforeEach
  final void openStore() throws Exception {
    system = "contract-" + UUID.randomUUID();
    threads = Executors.newVirtualThreadPerTaskExecutor();
    store = openAnother();
    ledger = store.ledger();
  }

  @AfterEach
  final void closeStores() {
    threads.shutdownNow();
    opened.forEach(StateStore::close);
    opened.clear();
  }

  /** A second store on the data of this test. */
  protected final StateStore openAnother() throws Exception {
    StateStore another = open(system);
    opened.add(another);
    return another;
  }

  protected final ActorId actor(String name) {
    return ActorId.of(system, "Counter", name);
  }

  /** A node that is the only member, and commits with one writer. */
  protected final Node onlyMember() {
    Incarnation incarnation = ledger.register("node:1", 1);
    ledger.raise(ledger.view(), Set.of(incarnation));
    return new Node(store, incarnation);
  }

  /** One life of a node, as far as its store sees it: it counts its batches. */
  protected static final class Node {

    private final StateStore store;
    private final WriterId writer;
    private long batch;

    /** Commits through {@code store} as writer 0 of {@code incarnation}. */
    public Node(StateStore store, Incarnation incarnation) {
      this.store = store;
      this.writer = new WriterId(incarnation, 0);
    }

    public Incarnation incarnation() {
      return writer.incarnation();
    }

    public WriterId writer() {
      return writer;
    }

    /** The next commit, not yet sent. */
    public Commit next(Change... changes) {
      return new Commit(writer, batch + 1, List.of(changes));
    }

    /** The next commit, of upkeep alone. */
    public Commit next(Upkeep upkeep) {
      return new Commit(writer, batch + 1, List.of(), upkeep);
    }

    /** Sends a commit, and takes its number as used when it came back. */
    public void send(Commit commit) {
      store.commit(commit);
      batch = commit.batch();
    }

    public void commit(Change... changes) {
      send(next(changes));
    }

    public Fate resolve(long number) {
      return store.resolve(writer, number);
    }
  }

  protected static Change change(ActorId actor, long expected, long next, String state) {
    return change(snapshot(actor, next, state), expected, 0);
  }

  protected static Change change(Snapshot next, long expected, int history) {
    return new Change(next, expected, new Cause("add", null, null, NOON), history);
  }

  protected static Snapshot snapshot(ActorId actor, long revision, String state) {
    return new Snapshot(
        actor, revision, Payload.of("text", state.getBytes(StandardCharsets.UTF_8)), Map.of());
  }

  /** The stored state as text, with its revision: {@code "two@2"}; or {@code "nothing"}. */
  protected final String stored(ActorId actor) {
    return store
        .load(actor)
        .map(snapshot -> text(snapshot.state()) + "@" + snapshot.revision())
        .orElse("nothing");
  }

  private static String text(@Nullable Payload state) {
    return state == null ? "erased" : new String(state.bytes(), StandardCharsets.UTF_8);
  }

  private static Payload payload(Snapshot snapshot) {
    return Objects.requireNonNull(snapshot.state());
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  // What is saved is what is loaded

  @Test
  void anActorThatWasNeverSavedIsNotThere() {
    assertThat(store.load(actor("alice"))).isEmpty();
    assertThat(store.history(actor("alice"), 10)).isEmpty();
  }

  @Test
  void whatWasCommittedIsLoadedByEveryNode() throws Exception {
    onlyMember().commit(change(actor("alice"), 0, 1, "one"));

    Snapshot seen = openAnother().load(actor("alice")).orElseThrow();

    assertThat(seen.actor()).isEqualTo(actor("alice"));
    assertThat(seen.revision()).isEqualTo(1);
    assertThat(seen.tags()).isEmpty();
    assertThat(payload(seen).type()).isEqualTo("text");
    assertThat(text(seen.state())).isEqualTo("one");
  }

  @Test
  void aRevisionMaySkipTheTurnsThatCollapsedIntoOneChange() {
    Node node = onlyMember();
    node.commit(change(actor("alice"), 0, 7, "seven"));
    node.commit(change(actor("alice"), 7, 19, "nineteen"));

    assertThat(stored(actor("alice"))).isEqualTo("nineteen@19");
  }

  @Test
  void zeroBytesAreAStateAndAnErasedActorHasNone() {
    Node node = onlyMember();
    Payload empty = Payload.of("empty", new byte[0]);
    node.commit(
        change(new Snapshot(actor("empty"), 1, empty, Map.of()), 0, 0),
        change(new Snapshot(actor("none"), 1, Payload.NONE, Map.of()), 0, 0),
        change(new Snapshot(actor("erased"), 1, null, Map.of()), 0, 0));

    assertThat(Payload.sameContent(store.load(actor("empty")).orElseThrow().state(), empty))
        .isTrue();
    assertThat(store.load(actor("none")).orElseThrow().state()).isSameAs(Payload.NONE);
    assertThat(store.load(actor("erased")).orElseThrow().state()).isNull();
  }

  @Test
  void anErasedActorKeepsItsRevisionSoThatAnOldWriterCannotReviveIt() {
    Node node = onlyMember();
    ActorId alice = actor("alice");
    node.commit(change(alice, 0, 1, "one"));
    node.commit(change(new Snapshot(alice, 2, null, Map.of()), 1, 0));

    assertThat(stored(alice)).isEqualTo("erased@2");
    assertThatExceptionOfType(StaleRevisionException.class)
        .isThrownBy(() -> node.commit(change(alice, 0, 1, "from before")));
    assertThatExceptionOfType(StaleRevisionException.class)
        .isThrownBy(() -> node.commit(change(alice, 1, 2, "from before")));

    node.commit(change(alice, 2, 3, "three"));
    assertThat(stored(alice)).isEqualTo("three@3");
  }

  @Test
  void aLargeStateComesBackByteForByte() {
    byte[] bytes = new byte[4 << 20];
    new Random(7).nextBytes(bytes);
    onlyMember()
        .commit(change(new Snapshot(actor("big"), 1, Payload.of("blob", bytes), Map.of()), 0, 0));

    Payload loaded = payload(store.load(actor("big")).orElseThrow());
    assertThat(Arrays.equals(loaded.bytes(), bytes)).isTrue();
  }

  @Test
  void everyByteValueComesBack() {
    byte[] bytes = new byte[256];
    IntStream.range(0, 256).forEach(i -> bytes[i] = (byte) i);
    onlyMember()
        .commit(change(new Snapshot(actor("bytes"), 1, Payload.of("blob", bytes), Map.of()), 0, 0));

    Payload loaded = payload(store.load(actor("bytes")).orElseThrow());
    assertThat(loaded.bytes()).isEqualTo(bytes);
  }

  @Test
  void tagsComeBackWhateverTheyContain() {
    Map<String, String> tags =
        Map.of(
            "region", "eu",
            "", "an empty name",
            "empty", "",
            "quote\"s and \\", "{\"json\": [1, 'two']}\n\t\u0000",
            "日本", "😀 ü ß");
    Node node = onlyMember();
    node.commit(
        change(new Snapshot(actor("a"), 1, null, tags), 0, 0),
        change(new Snapshot(actor("b"), 1, Payload.of("t", new byte[1]), tags), 0, 0));
    assertThat(store.load(actor("a")).orElseThrow().tags()).isEqualTo(tags);
    assertThat(store.load(actor("b")).orElseThrow().tags()).isEqualTo(tags);

    node.commit(change(new Snapshot(actor("a"), 2, null, Map.of()), 1, 0));
    assertThat(store.load(actor("a")).orElseThrow().tags()).isEmpty();
  }

  static Stream<List<String>> namesThatMustStayApart() {
    return Stream.of(
        List.of("a", "A", "á", "a\u0301", "ａ"),
        List.of("alice", "Alice", "ALICE", "alıce", "alİce"),
        List.of("ss", "ß", "SS"),
        List.of("😀", "😁", "👩‍👩‍👧", "👩"),
        List.of("it's", "its", "\"its\"", "it''s", "it\\'s", "--its"),
        List.of("%", "_", "%%", "a%", "a_"),
        List.of("a b", "a  b", "a\u00a0b", "ab", "a", "a\u00a0", "a\u3000", "\u3000a"),
        List.of("x".repeat(255), "x".repeat(254), "x".repeat(254) + "y"),
        List.of("日".repeat(255), "日".repeat(254) + "本"),
        List.of("😀".repeat(127), "😀".repeat(126) + "😁"),
        List.of("1", "01", "1.0", "1e0", "null", "NULL", "true"),
        List.of("{a,b}", "{a", "a,b}", "(a)", "[a]", "a;b", "a:b", "a/b", "\\x00", "${x}", "?"));
  }

  @ParameterizedTest
  @MethodSource("namesThatMustStayApart")
  void namesThatLookAlikeAreDifferentActors(List<String> names) {
    Node node = onlyMember();
    for (String name : names) {
      node.commit(change(actor(name), 0, 1, name));
    }
    for (String name : names) {
      assertThat(stored(actor(name))).isEqualTo(name + "@1");
    }
  }

  @ParameterizedTest
  @MethodSource("namesThatMustStayApart")
  void namesThatLookAlikeMayChangeInOneCommit(List<String> names) {
    Node node = onlyMember();
    node.commit(names.stream().map(name -> change(actor(name), 0, 1, name)).toArray(Change[]::new));
    node.commit(
        names.stream().map(name -> change(actor(name), 1, 2, name + "!")).toArray(Change[]::new));
    for (String name : names) {
      assertThat(stored(actor(name))).isEqualTo(name + "!@2");
    }
  }

  @Test
  void theTypeIsPartOfTheIdentity() {
    Node node = onlyMember();
    ActorId cart = ActorId.of(system, "Cart", "alice");
    ActorId longType = ActorId.of(system, "T".repeat(127), "alice");
    node.commit(
        change(actor("alice"), 0, 1, "counter"),
        change(cart, 0, 1, "cart"),
        change(longType, 0, 1, "long"));

    assertThat(stored(actor("alice"))).isEqualTo("counter@1");
    assertThat(stored(cart)).isEqualTo("cart@1");
    assertThat(stored(longType)).isEqualTo("long@1");
  }

  @Test
  void systemsThatShareADatabaseDoNotMeet() throws Exception {
    onlyMember().commit(change(actor("alice"), 0, 1, "one"));

    String elsewhere = "other-" + UUID.randomUUID();
    try (StateStore other = open(elsewhere)) {
      assertThat(other.load(ActorId.of(elsewhere, "Counter", "alice"))).isEmpty();
      assertThat(other.ledger().view()).isEqualTo(new View(0, Set.of()));
      Incarnation stranger = other.ledger().register("node:2", 1);
      other.ledger().raise(other.ledger().view(), Set.of(stranger));
    }
    assertThat(ledger.view().number()).isEqualTo(1);
    assertThat(ledger.isMember(ledger.view().members().iterator().next())).isTrue();
  }

  @Test
  void thousandsOfActorsChangeInOneCommit() {
    Node node = onlyMember();
    Change[] first =
        IntStream.range(0, 4096)
            .mapToObj(i -> change(actor("n" + i), 0, 1, "first " + i))
            .toArray(Change[]::new);
    Change[] second =
        IntStream.range(0, 4096)
            .mapToObj(i -> change(actor("n" + (4095 - i)), 1, 2, "second " + (4095 - i)))
            .toArray(Change[]::new);
    node.commit(first);
    node.commit(second);

    assertThat(stored(actor("n0"))).isEqualTo("second 0@2");
    assertThat(stored(actor("n2048"))).isEqualTo("second 2048@2");
    assertThat(stored(actor("n4095"))).isEqualTo("second 4095@2");
  }

  // Compare and set

  @Test
  void aStaleChangeIsRefusedAndNamed() {
    Node node = onlyMember();
    node.commit(change(actor("alice"), 0, 1, "one"));

    assertThatExceptionOfType(StaleRevisionException.class)
        .isThrownBy(() -> node.commit(change(actor("alice"), 0, 1, "again")))
        .satisfies(e -> assertThat(e.actors()).isSubsetOf(Set.of(actor("alice"))));
    assertThatExceptionOfType(StaleRevisionException.class)
        .isThrownBy(() -> node.commit(change(actor("alice"), 2, 3, "too far")));
    assertThatExceptionOfType(StaleRevisionException.class)
        .isThrownBy(() -> node.commit(change(actor("bob"), 1, 2, "never there")));

    assertThat(stored(actor("alice"))).isEqualTo("one@1");
    assertThat(stored(actor("bob"))).isEqualTo("nothing");
  }

  @Test
  void oneStaleChangeRollsBackTheWholeBatch() {
    Node node = onlyMember();
    node.commit(change(actor("a"), 0, 1, "a"), change(actor("b"), 0, 1, "b"));
    node.commit(change(actor("b"), 1, 2, "b2"));

    for (Change stale :
        List.of(
            change(actor("b"), 1, 2, "lost"),
            change(actor("b"), 0, 1, "lost"),
            change(actor("zz"), 4, 5, "lost"))) {
      assertThatExceptionOfType(StaleRevisionException.class)
          .isThrownBy(
              () ->
                  node.commit(
                      change(actor("0"), 0, 1, "new, sorts first"),
                      change(snapshot(actor("a"), 2, "a2"), 1, 5),
                      stale,
                      change(actor("zzz"), 0, 1, "new, sorts last")));

      assertThat(stored(actor("0"))).isEqualTo("nothing");
      assertThat(stored(actor("a"))).isEqualTo("a@1");
      assertThat(stored(actor("b"))).isEqualTo("b2@2");
      assertThat(stored(actor("zz"))).isEqualTo("nothing");
      assertThat(stored(actor("zzz"))).isEqualTo("nothing");
      assertThat(store.history(actor("a"), 10)).isEmpty();
    }
  }

  @Test
  void aRefusedCommitLeavesItsBatchNumberToTheNext() {
    Node node = onlyMember();
    assertThatExceptionOfType(StaleRevisionException.class)
        .isThrownBy(
            () -> node.send(new Commit(node.writer(), 1, List.of(change(actor("a"), 3, 4, "no")))));

    node.send(new Commit(node.writer(), 1, List.of(change(actor("a"), 0, 1, "yes"))));
    assertThat(stored(actor("a"))).isEqualTo("yes@1");
  }

  @Test
  void keepsTheDetailsOfAView() throws Exception {
    Incarnation member = ledger.register("node:1", 1);
    String details = "x".repeat(5_000) + " ü 'quoted' \n€";

    View raised = ledger.raise(ledger.view(), Set.of(member), details);

    assertThat(raised.details()).isEqualTo(details);
    assertThat(openAnother().ledger().view()).isEqualTo(raised);
    assertThat(ledger.raise(raised, Set.of(member)).details()).isEmpty();
  }

  @Test
  void ofTwoNodesThatStartFromTheSameRevisionOneWins() throws Exception {
    Incarnation first = ledger.register("node:1", 1);
    Incarnation second = ledger.register("node:2", 1);
    ledger.raise(ledger.view(), Set.of(first, second));
    List<Node> nodes = List.of(new Node(store, first), new Node(openAnother(), second));

    for (int round = 0; round < 20; round++) {
      long expected = round;
      CountDownLatch start = new CountDownLatch(1);
      List<Future<Boolean>> attempts = new ArrayList<>();
      for (Node node : nodes) {
        attempts.add(
            threads.submit(
                () -> {
                  start.await();
                  try {
                    node.commit(change(actor("alice"), expected, expected + 1, "x"));
                    return true;
                  } catch (StaleRevisionException e) {
                    return false;
                  }
                }));
      }
      start.countDown();
      assertThat(List.of(await(attempts.get(0)), await(attempts.get(1))))
          .containsExactlyInAnyOrder(true, false);
    }
    assertThat(stored(actor("alice"))).isEqualTo("x@20");
  }

  @Test
  void whatCannotBeHeldIsRefusedForGoodAndChangesNothing() {
    Snapshot unfit = unfit(actor("misfit"));
    assumeTrue(unfit != null, "this store can hold everything");
    Node node = onlyMember();

    assertThatExceptionOfType(CommitRefusedException.class)
        .isThrownBy(() -> node.commit(change(actor("a"), 0, 1, "a"), change(unfit, 0, 0)));

    assertThat(stored(actor("a"))).isEqualTo("nothing");
    node.commit(change(actor("a"), 0, 1, "a"));
    assertThat(stored(actor("a"))).isEqualTo("a@1");
  }

  // History

  @Test
  void historyKeepsTheNewestRevisionsAndWhoCausedThem() {
    Node node = onlyMember();
    ActorId alice = actor("alice");
    Cause byBob = new Cause("add", actor("bob"), "trace-1", NOON.plusNanos(7_000));
    Cause fromOutside = new Cause("größer", null, null, NOON);
    for (int i = 1; i <= 5; i++) {
      node.commit(
          new Change(
              new Snapshot(
                  alice, i * 10L, Payload.of("n", new byte[] {(byte) i}), Map.of("i", "" + i)),
              (i - 1) * 10L,
              i % 2 == 0 ? byBob : fromOutside,
              3));
    }

    List<Revision> kept = store.history(alice, 10);

    assertThat(kept)
        .extracting(revision -> revision.snapshot().revision())
        .containsExactly(50L, 40L, 30L);
    assertThat(kept).extracting(Revision::cause).containsExactly(fromOutside, byBob, fromOutside);
    assertThat(kept)
        .extracting(revision -> revision.snapshot().tags().get("i"))
        .containsExactly("5", "4", "3");
    assertThat(payload(kept.get(1).snapshot()).bytes()).containsExactly(4);
    assertThat(store.history(alice, 1)).hasSize(1);
    assertThat(store.history(alice, 0)).isEmpty();
  }

  @Test
  void aLongHistoryNeverLosesWhatItShouldKeepAndGrowsByAQuarterAtMost() {
    Node node = onlyMember();
    for (int i = 1; i <= 60; i++) {
      node.commit(change(snapshot(actor("a"), i, "x" + i), i - 1, 20));
      assertThat(store.history(actor("a"), 100))
          .hasSizeBetween(Math.min(i, 20), 25)
          .first()
          .extracting(revision -> text(revision.snapshot().state()))
          .isEqualTo("x" + i);
    }
  }

  @Test
  void onlyActorsThatAskForHistoryHaveIt() {
    Node node = onlyMember();
    node.commit(
        change(snapshot(actor("a"), 1, "a"), 0, 2),
        change(snapshot(actor("b"), 1, "b"), 0, 0),
        change(snapshot(actor("c"), 1, "c"), 0, 1));
    node.commit(
        change(snapshot(actor("a"), 2, "a2"), 1, 2),
        change(snapshot(actor("b"), 2, "b2"), 1, 0),
        change(snapshot(actor("c"), 2, "c2"), 1, 1));

    assertThat(revisions("a")).containsExactly(2L, 1L);
    assertThat(revisions("b")).isEmpty();
    assertThat(revisions("c")).containsExactly(2L);
  }

  @Test
  void erasureIsARevisionToo() {
    Node node = onlyMember();
    node.commit(change(snapshot(actor("a"), 1, "a"), 0, 5));
    node.commit(change(new Snapshot(actor("a"), 2, null, Map.of()), 1, 5));

    assertThat(store.history(actor("a"), 5))
        .extracting(revision -> text(revision.snapshot().state()))
        .containsExactly("erased", "a");
  }

  // Listing

  @Test
  void storedActorsAreListedPageByPageInTheOrderOfTheirNames() {
    Node node = onlyMember();
    List<String> names = List.of("B", "a", "a-1", "a1", "aB", "ab", "b", "z", "zz", "ä");
    for (String name : names.reversed()) {
      node.commit(change(actor(name), 0, 3, "x"));
    }

    List<String> found = new ArrayList<>();
    String after = null;
    do {
      List<Listed> page = store.list(new ActorType(system, "Counter"), "", after, 3);
      assertThat(page).hasSizeLessThanOrEqualTo(3);
      page.forEach(listed -> found.add(listed.name()));
      after = page.isEmpty() ? null : page.getLast().name();
    } while (after != null);

    assertThat(found).containsExactlyElementsOf(names);
    assertThat(store.list(new ActorType(system, "Counter"), "", null, 0)).isEmpty();
  }

  @Test
  void storedActorsAreFoundByThePrefixOfTheirNames() {
    Node node = onlyMember();
    for (String name : List.of("car", "cart", "cart-1", "cart-2", "carts", "cas", "Cart", "c%rt")) {
      node.commit(change(actor(name), 0, 1, "x"));
    }

    assertThat(names("cart", null)).containsExactly("cart", "cart-1", "cart-2", "carts");
    assertThat(names("cart", "cart-1")).containsExactly("cart-2", "carts");
    assertThat(names("cart-", "a")).containsExactly("cart-1", "cart-2");
    assertThat(names("cart", "cas")).isEmpty();
    assertThat(names("c%", null)).containsExactly("c%rt");
    assertThat(names("nobody", null)).isEmpty();
  }

  @Test
  void aListShowsTypeRevisionAndTagsAndNoOtherTypeOrSystem() throws Exception {
    Node node = onlyMember();
    Snapshot tagged =
        new Snapshot(actor("a"), 7, Payload.of("text", new byte[] {1}), Map.of("vip", "yes"));
    node.commit(change(tagged, 0, 0), change(ActorId.of(system, "Other", "a"), 0, 1, "x"));
    node.commit(change(new Snapshot(actor("gone"), 1, null, Map.of()), 0, 0));
    StateStore another = open(system + "-2");
    opened.add(another);

    assertThat(store.list(new ActorType(system, "Counter"), "", null, 10))
        .containsExactly(
            new Listed("a", 7, "text", Map.of("vip", "yes")),
            new Listed("gone", 1, null, Map.of()));
    assertThat(another.list(new ActorType(system + "-2", "Counter"), "", null, 10)).isEmpty();
  }

  private List<String> names(String prefix, @Nullable String after) {
    return store.list(new ActorType(system, "Counter"), prefix, after, 100).stream()
        .map(Listed::name)
        .toList();
  }

  private List<Long> revisions(String name) {
    return store.history(actor(name), 10).stream()
        .map(revision -> revision.snapshot().revision())
        .toList();
  }

  // Who may commit

  @Test
  void aRegisteredNodeCannotCommitBeforeAViewNamesIt() {
    Node node = new Node(store, ledger.register("node:1", 1));

    assertThatExceptionOfType(FencedException.class)
        .isThrownBy(() -> node.commit(change(actor("a"), 0, 1, "a")));
    assertThat(ledger.isMember(node.incarnation())).isFalse();
    assertThat(ledger.view().members()).isEmpty();

    ledger.raise(ledger.view(), Set.of(node.incarnation()));
    node.commit(change(actor("a"), 0, 1, "a"));
    assertThat(stored(actor("a"))).isEqualTo("a@1");
  }

  @Test
  void aFencedNodeCannotCommitAnyMore() {
    Node old = onlyMember();
    old.commit(change(actor("a"), 0, 1, "old"));

    Node fresh = onlyMember();

    assertThat(ledger.isMember(old.incarnation())).isFalse();
    assertThatExceptionOfType(FencedException.class)
        .isThrownBy(() -> old.commit(change(actor("a"), 1, 2, "stale owner")));
    assertThatExceptionOfType(FencedException.class)
        .isThrownBy(() -> old.commit(change(actor("b"), 0, 1, "stale owner")));
    assertThat(stored(actor("a"))).isEqualTo("old@1");
    fresh.commit(change(actor("a"), 1, 2, "new owner"));
    assertThat(stored(actor("a"))).isEqualTo("new owner@2");
  }

  @Test
  void anUnknownWriterCannotCommit() {
    Node node = onlyMember();
    for (WriterId unknown :
        List.of(
            new WriterId(node.incarnation(), 1),
            new WriterId(new Incarnation(node.incarnation().number() + 1), 0))) {
      assertThatExceptionOfType(FencedException.class)
          .isThrownBy(
              () -> store.commit(new Commit(unknown, 1, List.of(change(actor("a"), 0, 1, "a")))));
    }
    assertThat(stored(actor("a"))).isEqualTo("nothing");
  }

  @Test
  void aBatchNumberIsUsedOnce() {
    Node node = onlyMember();
    node.commit(change(actor("a"), 0, 1, "one"));

    for (long number : new long[] {0, 1, 3}) {
      assertThatExceptionOfType(FencedException.class)
          .isThrownBy(
              () ->
                  store.commit(
                      new Commit(node.writer(), number, List.of(change(actor("a"), 1, 2, "two")))));
    }
    assertThat(stored(actor("a"))).isEqualTo("one@1");
  }

  @Test
  void writersOfANodeCountForThemselves() {
    Incarnation incarnation = ledger.register("node:1", 3);
    ledger.raise(ledger.view(), Set.of(incarnation));
    for (int writer = 0; writer < 3; writer++) {
      for (long batch = 1; batch <= 2; batch++) {
        store.commit(
            new Commit(
                new WriterId(incarnation, writer),
                batch,
                List.of(change(actor("w" + writer), batch - 1, batch, "x"))));
      }
      assertThat(stored(actor("w" + writer))).isEqualTo("x@2");
    }
  }

  // What became of a batch (R16)

  @Test
  void aBatchThatArrivedIsCommittedHoweverOftenOneAsks() {
    Node node = onlyMember();
    node.commit(change(actor("a"), 0, 1, "one"));

    assertThat(node.resolve(1)).isEqualTo(Fate.COMMITTED);
    assertThat(node.resolve(1)).isEqualTo(Fate.COMMITTED);
    node.commit(change(actor("a"), 1, 2, "two"));
    assertThat(node.resolve(2)).isEqualTo(Fate.COMMITTED);
  }

  /** F3, F4: the zombie. Reading could not have told, since nothing had happened yet. */
  @Test
  void aBatchThatWasResolvedAsVoidCanNeverHappen() {
    Node node = onlyMember();
    Commit lost = node.next(change(actor("a"), 0, 1, "zombie"));

    assertThat(node.resolve(1)).isEqualTo(Fate.VOID);
    assertThatExceptionOfType(FencedException.class).isThrownBy(() -> store.commit(lost));

    assertThat(stored(actor("a"))).isEqualTo("nothing");
  }

  /** F18: the answer of the resolution is lost, too; asking again must not say "committed". */
  @Test
  void askingAgainAboutAVoidBatchStillSaysVoid() {
    Node node = onlyMember();

    assertThat(node.resolve(1)).isEqualTo(Fate.VOID);
    assertThat(node.resolve(1)).isEqualTo(Fate.VOID);
    assertThat(node.resolve(1)).isEqualTo(Fate.VOID);
  }

  @Test
  void afterAVoidBatchTheNextOneCommitsAndIsNotTakenForVoid() {
    Node node = onlyMember();
    node.resolve(1);

    store.commit(new Commit(node.writer(), 2, List.of(change(actor("a"), 0, 1, "two"))));

    assertThat(node.resolve(2)).isEqualTo(Fate.COMMITTED);
    assertThat(stored(actor("a"))).isEqualTo("two@1");
  }

  /** F5: others have committed since, so the snapshot says nothing about the batch. */
  @Test
  void theFateIsKnownAlsoWhenOthersHaveCommittedSince() {
    Node first = onlyMember();
    first.commit(change(actor("a"), 0, 1, "first"));
    Node second = onlyMember();
    second.commit(change(actor("a"), 1, 2, "second"));

    assertThat(first.resolve(1)).isEqualTo(Fate.COMMITTED);
    assertThat(first.resolve(2)).isEqualTo(Fate.FENCED);
    assertThat(first.resolve(2)).isEqualTo(Fate.FENCED);
    assertThat(stored(actor("a"))).isEqualTo("second@2");
  }

  @Test
  void aVoidBatchStaysVoidWhenTheNodeIsFenced() {
    Node node = onlyMember();
    node.resolve(1);
    onlyMember();

    assertThat(node.resolve(1)).isEqualTo(Fate.VOID);
    assertThat(node.resolve(2)).isEqualTo(Fate.FENCED);
  }

  @Test
  void onlyTheLastBatchCanBeInDoubt() {
    Node node = onlyMember();
    node.commit(change(actor("a"), 0, 1, "one"));
    node.commit(change(actor("a"), 1, 2, "two"));

    assertThatIllegalArgumentException().isThrownBy(() -> node.resolve(1));
    assertThatIllegalArgumentException().isThrownBy(() -> node.resolve(4));
  }

  @Test
  void aCommitAndItsResolutionAgreeWhicheverComesFirst() throws Exception {
    Node node = onlyMember();
    StateStore elsewhere = openAnother();
    long revision = 0;
    for (long batch = 1; batch <= 40; batch++) {
      long number = batch;
      Commit commit =
          new Commit(node.writer(), number, List.of(change(actor("a"), revision, number, "x")));
      CountDownLatch start = new CountDownLatch(1);
      Future<Boolean> committed =
          threads.submit(
              () -> {
                start.await();
                try {
                  store.commit(commit);
                  return true;
                } catch (FencedException e) {
                  return false;
                }
              });
      Future<Fate> fate =
          threads.submit(
              () -> {
                start.await();
                return elsewhere.resolve(node.writer(), number);
              });
      start.countDown();
      assertThat(await(fate)).isEqualTo(await(committed) ? Fate.COMMITTED : Fate.VOID);
      revision = await(committed) ? number : revision;
      assertThat(stored(actor("a"))).isEqualTo(revision == 0 ? "nothing" : "x@" + revision);
    }
  }

  // The view

  @Test
  void incarnationsAscendAndAreNeverUsedAgain() throws Exception {
    Ledger second = openAnother().ledger();
    List<Future<Long>> registered = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      Ledger one = i % 2 == 0 ? ledger : second;
      registered.add(threads.submit(() -> one.register("node", 1).number()));
    }
    List<Long> numbers = new ArrayList<>();
    for (Future<Long> future : registered) {
      numbers.add(await(future));
    }
    assertThat(numbers).doesNotHaveDuplicates();
    assertThat(ledger.register("later", 1).number())
        .isGreaterThan(numbers.stream().max(Long::compare).orElseThrow());
  }

  @Test
  void aViewIsSeenByEveryNodeAndItsNumberGoesUpByOne() throws Exception {
    Incarnation a = ledger.register("node:1", 2);
    Incarnation b = ledger.register("node:2", 2);
    View first = ledger.raise(new View(0, Set.of()), Set.of(a));
    View second = ledger.raise(first, Set.of(a, b));

    assertThat(first).isEqualTo(new View(1, Set.of(a)));
    assertThat(second).isEqualTo(new View(2, Set.of(a, b)));
    assertThat(openAnother().ledger().view()).isEqualTo(second);
    assertThat(ledger.isMember(a)).isTrue();
    assertThat(ledger.isMember(b)).isTrue();
  }

  /** A mesh asks each second, and what it hosts may be long. */
  @Test
  void whoKnowsTheCurrentViewIsToldThatOnly() {
    Incarnation a = ledger.register("node:1", 1);
    Incarnation b = ledger.register("node:2", 1);
    View first = ledger.raise(ledger.view(), Set.of(a), "details");
    View known = new View(first.number(), Set.of(a), "details, as they were told");
    assertThat(ledger.view(known)).isSameAs(known);

    View second = ledger.raise(first, Set.of(a, b), "others");
    assertThat(ledger.view(known)).isEqualTo(second);
    // somebody has put back an older database, and it went on with other members
    assertThat(ledger.view(new View(second.number(), Set.of(a)))).isEqualTo(second);
    assertThat(ledger.view(new View(second.number() + 1, Set.of(a, b)))).isEqualTo(second);
  }

  /** F6, F16: a view cannot know who is just starting, and must leave it alone. */
  @Test
  void aNodeThatIsJustStartingIsNeitherFencedNorAMember() {
    Incarnation member = ledger.register("node:1", 1);
    Incarnation starting = ledger.register("node:2", 1);
    View first = ledger.raise(ledger.view(), Set.of(member));

    assertThat(ledger.isMember(starting)).isFalse();
    ledger.raise(first, Set.of(member, starting));
    assertThat(ledger.isMember(starting)).isTrue();
  }

  @Test
  void aFencedNodeNeverComesBack() {
    Node old = onlyMember();
    Incarnation fresh = ledger.register("node:2", 1);
    View view = ledger.raise(ledger.view(), Set.of(fresh));

    assertThatExceptionOfType(ViewConflictException.class)
        .isThrownBy(() -> ledger.raise(view, Set.of(fresh, old.incarnation())));
    assertThat(ledger.view()).isEqualTo(view);
    assertThat(ledger.isMember(old.incarnation())).isFalse();
    assertThat(ledger.isMember(fresh)).isTrue();
  }

  @Test
  void aRefusedViewChangesNothing() {
    Incarnation member = ledger.register("node:1", 1);
    View view = ledger.raise(ledger.view(), Set.of(member));
    Incarnation starting = ledger.register("node:2", 1);
    Incarnation unknown = new Incarnation(starting.number() + 1);

    assertThatExceptionOfType(ViewConflictException.class)
        .isThrownBy(() -> ledger.raise(view, Set.of(starting, unknown)));

    assertThat(ledger.view()).isEqualTo(view);
    assertThat(ledger.isMember(member)).isTrue();
    assertThat(ledger.isMember(starting)).isFalse();
  }

  @Test
  void ofTwoLeadersThatRaiseTheSameViewOneWins() throws Exception {
    Ledger second = openAnother().ledger();
    for (int round = 0; round < 20; round++) {
      View from = ledger.view();
      CountDownLatch start = new CountDownLatch(1);
      List<Future<Boolean>> attempts = new ArrayList<>();
      List<Incarnation> proposals = new ArrayList<>();
      for (Ledger leader : List.of(ledger, second)) {
        Incarnation proposal = leader.register("node", 1);
        proposals.add(proposal);
        attempts.add(
            threads.submit(
                () -> {
                  start.await();
                  try {
                    leader.raise(from, Set.of(proposal));
                    return true;
                  } catch (ViewConflictException e) {
                    return false;
                  }
                }));
      }
      start.countDown();
      boolean firstWon = await(attempts.get(0));
      assertThat(await(attempts.get(1))).isEqualTo(!firstWon);
      Incarnation winner = proposals.get(firstWon ? 0 : 1);
      assertThat(ledger.view()).isEqualTo(new View(from.number() + 1, Set.of(winner)));
      assertThat(ledger.isMember(proposals.get(firstWon ? 1 : 0))).isFalse();
    }
  }

  @Test
  void aLateLeaderCannotRaiseAViewTwice() {
    Incarnation a = ledger.register("node:1", 1);
    View zero = ledger.view();
    ledger.raise(zero, Set.of(a));

    assertThatExceptionOfType(ViewConflictException.class)
        .isThrownBy(() -> ledger.raise(zero, Set.of(a)));
    assertThatExceptionOfType(ViewConflictException.class)
        .isThrownBy(() -> ledger.raise(new View(5, Set.of()), Set.of(a)));
    assertThat(ledger.view().number()).isEqualTo(1);
  }

  /**
   * F2: when a view was raised, nothing of those it fenced is still under way. Whatever they could
   * commit is there, and stays as it is.
   */
  @Test
  void nothingOfAFencedNodeLandsAfterTheViewWasRaised() throws Exception {
    for (int round = 0; round < 10; round++) {
      Node busy = onlyMember();
      ActorId actor = actor("busy-" + round);
      AtomicLong acknowledged = new AtomicLong();
      CountDownLatch running = new CountDownLatch(3);
      Future<?> work =
          threads.submit(
              () -> {
                try {
                  for (long revision = 1; ; revision++) {
                    busy.commit(change(actor, revision - 1, revision, "x"));
                    acknowledged.set(revision);
                    running.countDown();
                  }
                } catch (FencedException e) {
                  return null;
                }
              });
      assertThat(running.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();

      raisePatiently(Set.of(ledger.register("next", 1)));
      long seen = store.load(actor).orElseThrow().revision();

      await(work);
      assertThat(store.load(actor).orElseThrow().revision()).isEqualTo(seen);
      assertThat(acknowledged.get()).isEqualTo(seen);
    }
  }

  /** A leader gives up waiting for a lock after a while, and tries again. */
  private void raisePatiently(Set<Incarnation> members) {
    for (int attempt = 1; ; attempt++) {
      try {
        ledger.raise(ledger.view(), members);
        return;
      } catch (ViewConflictException e) {
        throw e;
      } catch (StoreException e) {
        if (attempt == 10) {
          throw e;
        }
      }
    }
  }

  @Test
  void manyWritersWithOverlappingBatchesFinish() throws Exception {
    assumeTrue(commitsInParallel(), "commits of this store wait for each other");
    int writers = 4;
    Incarnation incarnation = ledger.register("node:1", writers);
    ledger.raise(ledger.view(), Set.of(incarnation));
    List<Future<Integer>> work = new ArrayList<>();
    for (int w = 0; w < writers; w++) {
      WriterId writer = new WriterId(incarnation, w);
      Random random = new Random(w);
      work.add(
          threads.submit(
              () -> {
                int won = 0;
                long batch = 1;
                for (int i = 0; i < 30; i++) {
                  List<Change> changes =
                      random
                          .ints(0, 40)
                          .distinct()
                          .limit(10)
                          .boxed()
                          .map(
                              n -> {
                                long revision =
                                    store.load(actor("n" + n)).map(Snapshot::revision).orElse(0L);
                                return change(actor("n" + n), revision, revision + 1, "x");
                              })
                          .toList();
                  try {
                    store.commit(new Commit(writer, batch, changes));
                    batch++;
                    won += changes.size();
                  } catch (StaleRevisionException | StoreUnavailableException e) {
                    // Somebody was faster, or InnoDB chose this commit as a deadlock's victim:
                    // either way it surely did not happen, and the batch number is still free.
                  }
                }
                return won;
              }));
    }
    long won = 0;
    for (Future<Integer> future : work) {
      won += await(future);
    }
    long revisions = 0;
    for (int n = 0; n < 40; n++) {
      revisions += store.load(actor("n" + n)).map(Snapshot::revision).orElse(0L);
    }
    assertThat(revisions).isEqualTo(won).isPositive();
  }

  // What is enclosed in a change

  private static Change enclosing(ActorId actor, long expected, Enclosure enclosure) {
    return new Change(
        snapshot(actor, expected + 1, "x"),
        expected,
        new Cause("add", null, null, NOON),
        0,
        enclosure);
  }

  private Enclosure sending(OutboxEntry... entries) {
    return new Enclosure(List.of(entries), List.of(), List.of());
  }

  private OutboxEntry message(String sender, long sequence, String payload) {
    return new OutboxEntry(
        new OutboxEntry.Key(actor(sender), sequence),
        true,
        ActorId.of(system, "Stock", "tea: 5/6"),
        "reserve",
        Payload.of("text", payload.getBytes(StandardCharsets.UTF_8)),
        Map.of("traceparent", "00-\"1\"", "", "empty"));
  }

  private KeptReply reply(String actor, String source, long number, Answer answer) {
    return new KeptReply(actor(actor), source, number, "print", answer, NOON);
  }

  private Reminder reminder(String actor, String name, Instant due) {
    return new Reminder(
        actor(actor),
        name,
        "wake",
        Payload.of("text", "now".getBytes(StandardCharsets.UTF_8)),
        Map.of("a", "b"),
        actor("planner"),
        "0 0 9 * * MON-FRI",
        "Europe/Berlin",
        "ALL(3)",
        due);
  }

  private static Enclosure planning(ReminderChange... changes) {
    return new Enclosure(List.of(), List.of(), List.of(changes));
  }

  private static void assertSame(OutboxEntry found, OutboxEntry expected) {
    assertThat(found).usingRecursiveComparison().ignoringFields("payload").isEqualTo(expected);
    assertThat(Payload.sameContent(found.payload(), expected.payload())).isTrue();
  }

  private List<Long> sequences(String sender) {
    return store.agenda().outbox(actor(sender), 0, 100).stream()
        .map(OutboxEntry::sequence)
        .toList();
  }

  private List<Long> deadSequences(String sender) {
    return store.agenda().deadLetters(actor(sender), 0, 100).stream()
        .map(letter -> letter.entry().sequence())
        .toList();
  }

  @Test
  void whatAnActorSentIsInTheOutboxOfEveryNode() throws Exception {
    OutboxEntry first = message("alice", 5, "one");
    OutboxEntry second =
        new OutboxEntry(
            new OutboxEntry.Key(actor("alice"), 6),
            false,
            actor("bob"),
            "größer",
            Payload.NONE,
            Map.of());
    onlyMember().commit(enclosing(actor("alice"), 0, sending(first, second)));

    List<OutboxEntry> found = openAnother().agenda().outbox(actor("alice"), 0, 10);

    assertThat(found).hasSize(2);
    assertSame(found.get(0), first);
    assertSame(found.get(1), second);
    assertThat(found.get(1).payload()).isSameAs(Payload.NONE);
    assertThat(store.agenda().outbox(actor("bob"), 0, 10)).isEmpty();
  }

  @Test
  void theOutboxIsReadInPagesBySequence() {
    Node node = onlyMember();
    OutboxEntry[] entries = new OutboxEntry[600];
    for (int i = 0; i < entries.length; i++) {
      entries[entries.length - 1 - i] = message("alice", i + 1, "n" + i);
    }
    node.commit(enclosing(actor("alice"), 0, sending(entries)));
    List<Long> read = new ArrayList<>();
    long after = 0;
    while (true) {
      List<OutboxEntry> page = store.agenda().outbox(actor("alice"), after, 250);
      page.forEach(entry -> read.add(entry.sequence()));
      if (page.isEmpty()) {
        break;
      }
      after = page.getLast().sequence();
    }
    assertThat(read).hasSize(600).isSorted().doesNotHaveDuplicates();
  }

  @Test
  void aPageOfTheOutboxIsBoundedByBytes() {
    int[] sizes = {10, 4_000, 10, 30_000, 90_000, 20, 0, 20_000, 900, 3_000};
    long budget = 50_000;
    OutboxEntry[] entries = new OutboxEntry[sizes.length];
    for (int i = 0; i < sizes.length; i++) {
      entries[i] = message("alice", i + 1, "ä".repeat(sizes[i] / 2));
    }
    onlyMember().commit(enclosing(actor("alice"), 0, sending(entries)));

    List<OutboxEntry> read = new ArrayList<>();
    List<Integer> pages = new ArrayList<>();
    List<OutboxEntry> page = store.agenda().outbox(actor("alice"), 0, 8, budget);
    while (!page.isEmpty()) {
      pages.add(page.size());
      read.addAll(page);
      page = store.agenda().outbox(actor("alice"), read.getLast().sequence(), 8, budget);
    }

    assertThat(pages).containsExactly(4, 1, 5);
    assertThat(read).hasSize(sizes.length);
    for (int i = 0; i < sizes.length; i++) {
      assertSame(read.get(i), entries[i]);
    }
    assertThat(store.agenda().outbox(actor("alice"), 0, 3, budget)).hasSize(3);
    assertThat(store.agenda().outbox(actor("alice"), 0, 3, 0)).hasSize(1);
    assertThat(store.agenda().outbox(actor("alice"), 0, 0, budget)).isEmpty();
  }

  @Test
  void sendersAreFoundByTypeAndName() {
    Node node = onlyMember();
    for (String name : List.of("c", "a", "b", "ä")) {
      node.commit(enclosing(actor(name), 0, sending(message(name, 1, "x"), message(name, 2, "x"))));
    }
    ActorType type = actor("a").type();
    List<ActorId> first = store.agenda().senders(type, "", 2);
    List<ActorId> second = store.agenda().senders(type, first.getLast().name(), 2);

    assertThat(first).containsExactly(actor("a"), actor("b"));
    assertThat(second).containsExactly(actor("c"), actor("ä"));
    assertThat(store.agenda().senders(type, second.getLast().name(), 2)).isEmpty();
    assertThat(store.agenda().senders(new ActorType(system, "Other"), "", 2)).isEmpty();
  }

  @Test
  void nothingIsSentByAChangeThatIsNotCommitted() {
    Node node = onlyMember();
    node.commit(change(actor("alice"), 0, 1, "one"));
    Enclosure all =
        new Enclosure(
            List.of(message("alice", 9, "never")),
            List.of(reply("alice", "key:1", 1, Answer.EMPTY)),
            List.of(new ReminderChange.Planned(reminder("alice", "r", NOON))));

    assertThatExceptionOfType(StaleRevisionException.class)
        .isThrownBy(
            () ->
                node.commit(enclosing(actor("alice"), 0, all), change(actor("bob"), 0, 1, "bob")));

    assertThat(sequences("alice")).isEmpty();
    assertThat(store.agenda().reply(actor("alice"), "key:1")).isEmpty();
    assertThat(store.agenda().reminders(actor("alice"))).isEmpty();
    assertThat(stored(actor("bob"))).isEqualTo("nothing");
  }

  @Test
  void upkeepOfAFencedWriterIsNotWritten() {
    Node old = onlyMember();
    old.commit(enclosing(actor("alice"), 0, sending(message("alice", 1, "x"))));
    onlyMember();

    assertThatExceptionOfType(FencedException.class)
        .isThrownBy(() -> old.send(old.next(Upkeep.delivered(List.of(key("alice", 1))))));
    assertThat(sequences("alice")).containsExactly(1L);
  }

  private OutboxEntry.Key key(String sender, long sequence) {
    return new OutboxEntry.Key(actor(sender), sequence);
  }

  @Test
  void whatWasDeliveredLeavesTheOutboxAlsoTwice() {
    Node node = onlyMember();
    node.commit(
        enclosing(
            actor("alice"),
            0,
            sending(message("alice", 1, "x"), message("alice", 2, "x"), message("alice", 3, "x"))),
        enclosing(actor("bob"), 0, sending(message("bob", 2, "x"))));

    node.send(node.next(Upkeep.delivered(List.of(key("alice", 2), key("alice", 1)))));
    node.send(node.next(Upkeep.delivered(List.of(key("alice", 2), key("nobody", 1)))));

    assertThat(sequences("alice")).containsExactly(3L);
    assertThat(sequences("bob")).containsExactly(2L);
    assertThat(node.resolve(3)).isEqualTo(Fate.COMMITTED);
  }

  @Test
  void deliveriesAndChangesGoTogether() {
    Node node = onlyMember();
    node.commit(enclosing(actor("alice"), 0, sending(message("alice", 1, "x"))));
    node.send(
        new Commit(
            node.writer(),
            2,
            List.of(enclosing(actor("alice"), 1, sending(message("alice", 2, "y")))),
            Upkeep.delivered(List.of(key("alice", 1)))));

    assertThat(sequences("alice")).containsExactly(2L);
    assertThat(stored(actor("alice"))).isEqualTo("x@2");
  }

  @Test
  void whatIsGivenUpIsKeptWithItsReasonUntilItIsRetriedOrDropped() {
    Node node = onlyMember();
    node.commit(
        enclosing(
            actor("alice"), 0, sending(message("alice", 1, "one"), message("alice", 2, "two"))));
    Failure reason =
        Failure.executed(FailureCode.ACTION_FAILED, "Stock/tea.reserve failed: größer\n\"x\"");
    List<DeadLetter> letters =
        List.of(
            new DeadLetter(message("alice", 1, "one"), reason, 7, NOON),
            new DeadLetter(message("alice", 2, "two"), reason, 8, NOON));
    node.send(node.next(Upkeep.buried(letters)));
    node.send(node.next(Upkeep.buried(letters)));

    assertThat(sequences("alice")).isEmpty();
    List<DeadLetter> found = store.agenda().deadLetters(actor("alice"), 0, 10);
    assertThat(found).extracting(DeadLetter::attempts).containsExactly(7, 8);
    assertThat(found).extracting(DeadLetter::reason).containsOnly(reason);
    assertThat(found).extracting(DeadLetter::at).containsOnly(NOON);
    assertSame(found.get(0).entry(), message("alice", 1, "one"));
    assertThat(store.agenda().deadLetters(actor("alice"), 1, 10)).hasSize(1);
    assertThat(store.agenda().countDeadLetters(actor("alice").type())).isEqualTo(2);

    node.send(node.next(Upkeep.revived(List.of(found.get(0).entry()))));
    node.send(node.next(Upkeep.revived(List.of(found.get(0).entry()))));
    node.send(node.next(Upkeep.dropped(List.of(key("alice", 2)))));

    assertThat(deadSequences("alice")).isEmpty();
    assertSame(
        store.agenda().outbox(actor("alice"), 0, 10).getFirst(),
        message("alice", 1, "one").unordered());
    assertThat(sequences("alice")).containsExactly(1L);
  }

  @Test
  void deadLettersOfATypeAreReadInPagesByNameAndSequence() {
    Node node = onlyMember();
    Failure reason = Failure.executed(FailureCode.ACTION_FAILED, "no");
    for (String name : List.of("b", "ada", "alice", "ä", "a")) {
      List<OutboxEntry> sent =
          Stream.of(9L, 1L, 10L).map(sequence -> message(name, sequence, "x")).toList();
      node.commit(enclosing(actor(name), 0, new Enclosure(sent, List.of(), List.of())));
      node.send(
          node.next(
              Upkeep.buried(
                  sent.stream().map(entry -> new DeadLetter(entry, reason, 1, NOON)).toList())));
    }
    ActorType type = actor("a").type();

    assertThat(deadLetterPages(type, ""))
        .containsExactly(
            "a#1",
            "a#9",
            "a#10",
            "ada#1",
            "ada#9",
            "ada#10",
            "alice#1",
            "alice#9",
            "alice#10",
            "b#1",
            "b#9",
            "b#10",
            "ä#1",
            "ä#9",
            "ä#10");
    assertThat(deadLetterPages(type, "a"))
        .hasSize(9)
        .startsWith("a#1", "a#9", "a#10", "ada#1")
        .endsWith("alice#10");
    assertThat(deadLetterPages(type, "al")).containsExactly("alice#1", "alice#9", "alice#10");
    assertThat(deadLetterPages(type, "c")).isEmpty();
    assertThat(deadLetterPages(new ActorType(system, "Other"), "")).isEmpty();
    assertThat(store.agenda().deadLetters(type, "", null, 0)).isEmpty();
    DeadLetter found = store.agenda().deadLetters(type, "ada", null, 1).getFirst();
    assertSame(found.entry(), message("ada", 1, "x"));
    assertThat(found.reason()).isEqualTo(reason);
  }

  /** All of them, read two at a time. */
  private List<String> deadLetterPages(ActorType type, String prefix) {
    List<String> read = new ArrayList<>();
    OutboxEntry.Key after = null;
    while (true) {
      List<DeadLetter> page = store.agenda().deadLetters(type, prefix, after, 2);
      if (page.isEmpty()) {
        return read;
      }
      for (DeadLetter letter : page) {
        after = letter.entry().key();
        read.add(after.sender().name() + "#" + after.sequence());
      }
    }
  }

  @Test
  void aReplyIsKeptByItsSourceAndTheNewerOneTakesThePlace() {
    Node node = onlyMember();
    ActorId alice = actor("alice");
    byte[] bytes = new byte[256];
    IntStream.range(0, 256).forEach(i -> bytes[i] = (byte) i);
    KeptReply paid = reply("alice", "key:" + "k".repeat(255), 1, Answer.of(Payload.of("b", bytes)));
    KeptReply failed =
        reply(
            "alice",
            "key:2",
            1,
            Answer.failed(Failure.executed(FailureCode.ACTION_FAILED, "no \"tea\" größer")));
    KeptReply heard = new KeptReply(alice, "from:" + actor("bob"), 7, null, Answer.EMPTY, NOON);
    KeptReply passedOn =
        new KeptReply(
            alice,
            paid.source() + ">",
            1,
            "print",
            paid.answer(),
            new Route.Pipe(ActorId.of(system, "Stock", "tea: 5/6 größer"), "reserve it"),
            NOON.minusSeconds(60));
    node.commit(
        enclosing(
            alice, 0, new Enclosure(List.of(), List.of(paid, failed, heard, passedOn), List.of())));

    KeptReply found = store.agenda().reply(alice, paid.source()).orElseThrow();
    assertThat(found.number()).isEqualTo(1);
    assertThat(found.fingerprint()).isEqualTo("print");
    assertThat(found.until()).isEqualTo(NOON);
    assertThat(found.answer().orThrow().type()).isEqualTo("b");
    assertThat(found.answer().orThrow().bytes()).isEqualTo(bytes);
    assertThat(store.agenda().reply(alice, "key:2").orElseThrow()).isEqualTo(failed);
    assertThat(store.agenda().reply(alice, heard.source()).orElseThrow()).isEqualTo(heard);
    assertThat(found.passedTo()).isNull();
    assertThat(store.agenda().reply(alice, passedOn.source()).orElseThrow().passedTo())
        .isEqualTo(passedOn.passedTo());
    assertThat(store.agenda().reply(actor("bob"), "key:2")).isEmpty();
    assertThat(store.agenda().reply(alice, "key:3")).isEmpty();

    KeptReply later =
        new KeptReply(alice, heard.source(), 9, null, Answer.EMPTY, NOON.plusSeconds(60));
    node.commit(enclosing(alice, 1, new Enclosure(List.of(), List.of(later), List.of())));
    assertThat(store.agenda().reply(alice, heard.source()).orElseThrow()).isEqualTo(later);
    assertThat(store.agenda().replies(alice, 10)).hasSize(4).first().isEqualTo(later);
    assertThat(store.agenda().replies(alice, 2)).hasSize(2);
  }

  @Test
  void repliesAreForgottenWhenTheirTimeIsOver() {
    Node node = onlyMember();
    for (int i = 1; i <= 5; i++) {
      KeptReply kept =
          new KeptReply(actor("a" + i), "key:x", 1, null, Answer.EMPTY, NOON.plusSeconds(i));
      node.commit(enclosing(actor("a" + i), 0, new Enclosure(List.of(), List.of(kept), List.of())));
    }

    assertThat(store.agenda().forget(NOON.plusSeconds(3), 2)).isEqualTo(2);
    assertThat(store.agenda().forget(NOON.plusSeconds(3), 2)).isEqualTo(1);
    assertThat(store.agenda().forget(NOON.plusSeconds(3), 2)).isZero();
    assertThat(store.agenda().reply(actor("a3"), "key:x")).isEmpty();
    assertThat(store.agenda().reply(actor("a4"), "key:x")).isPresent();
  }

  @Test
  void remindersAreKeptByNameAndFoundWhenTheyAreDue() {
    Node node = onlyMember();
    Reminder early = reminder("alice", "early", NOON);
    Reminder late = reminder("alice", "late", NOON.plusSeconds(60));
    Reminder bobs = reminder("bob", "early", NOON.minusNanos(1_000));
    node.commit(
        enclosing(
            actor("alice"),
            0,
            planning(
                new ReminderChange.Planned(late),
                new ReminderChange.Planned(early),
                new ReminderChange.Planned(bobs))));
    ActorType type = actor("alice").type();

    assertThat(names(store.agenda().reminders(actor("alice")))).containsExactly("early", "late");
    assertThat(store.agenda().reminder(actor("alice"), "late").map(Reminder::due))
        .contains(late.due());
    assertThat(store.agenda().reminder(actor("alice"), "never was")).isEmpty();
    assertThat(store.agenda().reminder(actor("carol"), "late")).isEmpty();
    Reminder found = store.agenda().due(type, Slots.ALL, NOON, 10).get(1);
    assertThat(found).usingRecursiveComparison().ignoringFields("payload").isEqualTo(early);
    assertThat(Payload.sameContent(found.payload(), early.payload())).isTrue();
    assertThat(store.agenda().due(type, Slots.ALL, NOON, 10))
        .extracting(Reminder::actor)
        .containsExactly(actor("bob"), actor("alice"));
    assertThat(store.agenda().due(type, Slots.ALL, NOON, 1))
        .extracting(Reminder::actor)
        .containsExactly(actor("bob"));
    assertThat(store.agenda().due(type, only("alice"), NOON.plusSeconds(90), 10)).hasSize(2);
    assertThat(store.agenda().due(type, only("bob"), NOON.plusSeconds(90), 10)).hasSize(1);
    assertThat(store.agenda().due(type, Slots.of(slot -> false), NOON, 10)).isEmpty();
    assertThat(store.agenda().due(new ActorType(system, "Other"), Slots.ALL, NOON, 10)).isEmpty();

    Alarm alarm = store.agenda().alarms(type, Slots.ALL, NOON, 10).get(1);
    assertThat(alarm)
        .usingRecursiveComparison()
        .ignoringFields("payloadBytes")
        .isEqualTo(Alarm.of(early));
    assertThat(alarm.payloadBytes()).isGreaterThanOrEqualTo(early.payload().bytes().length);
    assertThat(store.agenda().alarms(type, Slots.ALL, NOON, 1))
        .extracting(Alarm::actor)
        .containsExactly(actor("bob"));
    assertThat(store.agenda().alarms(type, only("alice"), NOON.plusSeconds(90), 10)).hasSize(2);
    assertThat(store.agenda().alarms(type, Slots.of(slot -> false), NOON, 10)).isEmpty();
    Instant end = NOON.plusSeconds(90);
    assertThat(store.agenda().nextAlarm(type, Slots.ALL, NOON.minusSeconds(1), end))
        .contains(bobs.due());
    assertThat(store.agenda().nextAlarm(type, Slots.ALL, bobs.due(), end)).contains(NOON);
    assertThat(store.agenda().nextAlarm(type, only("bob"), bobs.due(), end)).isEmpty();
    assertThat(store.agenda().nextAlarm(type, Slots.ALL, NOON, NOON.plusSeconds(59))).isEmpty();
    assertThat(store.agenda().nextAlarm(type, Slots.ALL, NOON, late.due())).contains(late.due());

    node.send(
        node.next(
            Upkeep.reminders(
                List.of(
                    new ReminderChange.Planned(early.dueAt(NOON.plusSeconds(10))),
                    new ReminderChange.Cancelled(actor("bob"), "early"),
                    new ReminderChange.Cancelled(actor("bob"), "never was")))));
    assertThat(store.agenda().due(type, Slots.ALL, NOON, 10)).isEmpty();
    assertThat(store.agenda().due(type, Slots.ALL, NOON.plusSeconds(10), 10)).hasSize(1);
    assertThat(store.agenda().reminders(actor("bob"))).isEmpty();
  }

  @Test
  void remindersOfATypeAreReadInPagesByActorAndName() {
    Node node = onlyMember();
    ReminderChange[] planned =
        Stream.of("b/x", "ada/y", "ada/@x", "ada/x", "ä/x", "a/x")
            .map(each -> each.split("/"))
            .map(each -> new ReminderChange.Planned(reminder(each[0], each[1], NOON)))
            .toArray(ReminderChange[]::new);
    node.commit(enclosing(actor("a"), 0, planning(planned)));
    ActorType type = actor("a").type();

    assertThat(reminderPages(type, ""))
        .containsExactly("a/x", "ada/@x", "ada/x", "ada/y", "b/x", "ä/x");
    assertThat(reminderPages(type, "a")).containsExactly("a/x", "ada/@x", "ada/x", "ada/y");
    assertThat(reminderPages(type, "ad")).containsExactly("ada/@x", "ada/x", "ada/y");
    assertThat(reminderPages(type, "c")).isEmpty();
    assertThat(reminderPages(new ActorType(system, "Other"), "")).isEmpty();
  }

  /** All of them, read two at a time. */
  private List<String> reminderPages(ActorType type, String prefix) {
    List<String> read = new ArrayList<>();
    Reminder.Key after = null;
    while (true) {
      List<Reminder> page = store.agenda().reminders(type, prefix, after, 2);
      if (page.isEmpty()) {
        return read;
      }
      for (Reminder reminder : page) {
        after = reminder.key();
        read.add(after.actor().name() + "/" + after.name());
      }
    }
  }

  private Slots only(String name) {
    int slot = Slots.of(actor(name));
    return Slots.of(other -> other == slot);
  }

  private static List<String> names(List<Reminder> reminders) {
    return reminders.stream().map(Reminder::name).toList();
  }

  // Standalone

  @Test
  void oneStandaloneNodeRunsAtATime() throws Exception {
    assumeTrue(locksStandalone());
    Ledger second = openAnother().ledger();
    StandaloneLock lock = ledger.lockStandalone(Duration.ZERO);
    assertThat(lock.isHeld()).isTrue();

    assertThatExceptionOfType(StoreLockedException.class)
        .isThrownBy(() -> second.lockStandalone(Duration.ZERO));
    assertThat(lock.isHeld()).isTrue();

    lock.close();
    assertThat(lock.isHeld()).isFalse();
    try (StandaloneLock next = second.lockStandalone(Duration.ZERO)) {
      assertThat(next.isHeld()).isTrue();
      lock.close();
      assertThat(next.isHeld()).isTrue();
    }
    ledger.lockStandalone(Duration.ZERO).close();
  }

  @Test
  void theStandaloneLockIsOfOneSystem() throws Exception {
    String elsewhere = "other-" + UUID.randomUUID();
    try (StandaloneLock lock = ledger.lockStandalone(Duration.ZERO);
        StateStore other = open(elsewhere);
        StandaloneLock otherLock = other.ledger().lockStandalone(Duration.ZERO)) {
      assertThat(lock.isHeld()).isTrue();
      assertThat(otherLock.isHeld()).isTrue();
    }
  }

  @Test
  void theStandaloneLockStandsInNobodysWay() throws Exception {
    try (StandaloneLock lock = ledger.lockStandalone(Duration.ZERO)) {
      Node node = onlyMember();
      node.commit(change(actor("a"), 0, 1, "one"));
      assertThat(node.resolve(2)).isEqualTo(Fate.VOID);
      assertThat(openAnother().load(actor("a"))).isPresent();
      assertThat(lock.isHeld()).isTrue();
    }
  }
}
