package org.spawnmesh.statestore.jdbc;

import com.zaxxer.hikari.HikariDataSource;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.ActorType;
import org.spawnmesh.actor.SpawnException;
import org.spawnmesh.statestore.jdbc.Batch.Verdict;
import org.spawnmesh.store.Agenda;
import org.spawnmesh.store.Commit;
import org.spawnmesh.store.FencedException;
import org.spawnmesh.store.Ledger;
import org.spawnmesh.store.Snapshot;
import org.spawnmesh.store.StaleRevisionException;
import org.spawnmesh.store.StateStore;
import org.spawnmesh.store.StoreUnavailableException;
import org.spawnmesh.store.WriterId;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;

/**
 * Keeps the state of one actor system in an ordinary relational database: SQLite, H2, PostgreSQL,
 * CockroachDB, MySQL, MariaDB or SQL Server, whichever the connection leads to.
 *
 * <p>A commit is one transaction: the writer's row first, then all changed rows at once, compared
 * and set. {@code docs/reference/statestores.md} says what each database does for it.
 *
 * <p>Never joins a transaction of the calling thread: what an actor has committed stays committed
 * when the caller rolls back.
 */
public final class JdbcStateStore implements StateStore {

  private static final Pattern USER_INFO = Pattern.compile("//[^/@]*@");

  private final Transactions transactions;
  private final StateRows rows;
  private final JdbcAgenda agenda;
  private final Listing listing;
  private final JdbcLedger ledger;
  private final @Nullable Reencryption reencryption;
  private final String description;
  private final @Nullable HikariDataSource pool;

  private JdbcStateStore(
      Transactions transactions,
      StateRows rows,
      JdbcAgenda agenda,
      Listing listing,
      JdbcLedger ledger,
      @Nullable Reencryption reencryption,
      String description,
      @Nullable HikariDataSource pool) {
    this.transactions = transactions;
    this.rows = rows;
    this.agenda = agenda;
    this.listing = listing;
    this.ledger = ledger;
    this.reencryption = reencryption;
    this.description = description;
    this.pool = pool;
  }

  /** A store on somebody else's connections; {@link #close} leaves them open. */
  public static Builder builder(DataSource dataSource) {
    return new Builder(dataSource, null);
  }

  /** A store with a connection pool of its own, sized for few, full commits. */
  public static Builder builder(StorePool pool) {
    return new Builder(null, pool);
  }

  @Override
  public Optional<Snapshot> load(ActorId actor) {
    rows.requireOwn(actor);
    return transactions.read(connection -> rows.load(connection, actor));
  }

  @Override
  public void commit(Commit commit) {
    Batch batch = rows.encode(commit);
    Verdict verdict = transactions.write(batch);
    switch (verdict) {
      case WRITTEN -> {}
      case FENCED ->
          throw new FencedException(
              explained(
                  () -> ledger.whyFenced(commit.writer(), commit.batch()),
                  "The writer may not commit"));
      case STALE -> throw stale(commit);
    }
  }

  private interface Explanation {
    String words();
  }

  /** The commit is refused already; that the reason cannot be read must not hide it. */
  private static String explained(Explanation explanation, String otherwise) {
    try {
      return explanation.words();
    } catch (StoreUnavailableException e) {
      return otherwise;
    }
  }

  private StaleRevisionException stale(Commit commit) {
    Set<ActorId> actors = new HashSet<>();
    try {
      transactions.run(
          connection -> {
            for (var change : commit.changes()) {
              ActorId actor = change.next().actor();
              if (rows.revision(connection, actor) != change.expected()) {
                actors.add(actor);
              }
            }
          });
    } catch (StoreUnavailableException e) {
      actors.clear();
    }
    return new StaleRevisionException(
        "Another writer was faster for " + (actors.isEmpty() ? "one of the actors" : actors),
        actors);
  }

  @Override
  public Fate resolve(WriterId writer, long batch) {
    return ledger.resolve(writer, batch);
  }

  @Override
  public List<Revision> history(ActorId actor, int limit) {
    rows.requireOwn(actor);
    return limit < 1
        ? List.of()
        : transactions.read(connection -> rows.history(connection, actor, limit));
  }

  @Override
  public List<Listed> list(ActorType type, String prefix, @Nullable String after, int limit) {
    rows.requireOwn(type);
    return limit < 1
        ? List.of()
        : transactions.read(connection -> listing.list(connection, type, prefix, after, limit));
  }

  /**
   * Encrypts with the primary key what is open or encrypted with an older one, states, history and
   * messages, while everything runs. Afterwards the older keys may leave the ring.
   *
   * <p>First give every node the new ring: one that still writes with an old key undoes this. May
   * be interrupted and called again; what is done stays done.
   *
   * @param batchSize rows in one transaction
   * @return how many rows were encrypted
   * @throws IllegalStateException if this store has no key
   */
  public long reencrypt(int batchSize) {
    if (reencryption == null) {
      throw new IllegalStateException("This store has no encryption key");
    }
    return reencryption.run(batchSize);
  }

  @Override
  public Agenda agenda() {
    return agenda;
  }

  @Override
  public Ledger ledger() {
    return ledger;
  }

  @Override
  public boolean isVolatile() {
    return description.contains("jdbc:h2:mem:");
  }

  @Override
  public String describe() {
    return description;
  }

  @Override
  public void close() {
    if (pool != null) {
      pool.close();
    }
  }

  /** Not thread-safe. */
  public static final class Builder {

    private final @Nullable DataSource given;
    private final @Nullable StorePool pool;
    private @Nullable String system;
    private String tablePrefix = "spawn_";
    private @Nullable KeyRing keys;

    private Builder(@Nullable DataSource given, @Nullable StorePool pool) {
      this.given = given;
      this.pool = pool;
    }

    /** The actor system whose state this store keeps; others may share the tables. Required. */
    public Builder system(String name) {
      system = name;
      return this;
    }

    /**
     * Encrypts state with AES-256-GCM. What was stored open before stays readable, and is encrypted
     * when it is written next.
     */
    public Builder encryption(@Nullable KeyRing ring) {
      keys = ring;
      return this;
    }

    /** Begins the name of every table; {@code spawn_} unless said otherwise. */
    public Builder tablePrefix(String prefix) {
      tablePrefix = prefix;
      return this;
    }

    /**
     * Connects, and creates or updates the tables.
     *
     * @throws StoreUnavailableException if the database cannot be reached
     * @throws SpawnException if the tables are of a newer version, or state is encrypted with a key
     *     that is not in the ring
     */
    public JdbcStateStore build() {
      if (system == null) {
        throw new IllegalStateException("A store needs the name of its actor system");
      }
      if (given != null) {
        return open(given, system, null);
      }
      HikariDataSource own = Objects.requireNonNull(pool).open();
      try {
        return open(own, system, own);
      } catch (RuntimeException | Error e) {
        own.close();
        throw e;
      }
    }

    private JdbcStateStore open(
        DataSource dataSource, String actorSystem, @Nullable HikariDataSource own) {
      DataSource plain = withoutCallersTransaction(dataSource);
      Tables tables = new Tables(tablePrefix);
      Dialect dialect;
      String description;
      try (Connection connection = plain.getConnection()) {
        dialect = Dialect.of(connection, tables);
        dialect.prepareDatabase(connection);
        description = describe(connection, dialect);
      } catch (SQLException e) {
        throw new StoreUnavailableException(
            "The database cannot be reached: " + Dialect.words(e), e);
      }
      new Schema(plain, dialect, tables).migrate();
      Transactions transactions = new Transactions(plain, dialect);
      JdbcLedger ledger = new JdbcLedger(transactions, dialect, tables, actorSystem);
      ledger.create();
      Seal seal = new Seal(new SecureRandom());
      KeyChecks checks = new KeyChecks(transactions, dialect, tables, actorSystem, seal);
      checks.check(keys);
      Vault vault = new Vault(seal, keys);
      AgendaRows agendaRows = new AgendaRows(tables, actorSystem, vault);
      StateRows rows = new StateRows(tables, actorSystem, vault, agendaRows);
      Reencryption reencryption =
          keys == null
              ? null
              : new Reencryption(transactions, tables, actorSystem, rows, agendaRows, checks, keys);
      return new JdbcStateStore(
          transactions,
          rows,
          new JdbcAgenda(transactions, dialect, rows, agendaRows, actorSystem),
          new Listing(tables, dialect, actorSystem),
          ledger,
          reencryption,
          description,
          own);
    }

    /** Such a proxy would let a load join, and wait for, whatever the calling thread is doing. */
    private static DataSource withoutCallersTransaction(DataSource dataSource) {
      DataSource plain = dataSource;
      while (plain instanceof TransactionAwareDataSourceProxy proxy) {
        plain = Objects.requireNonNull(proxy.getTargetDataSource());
      }
      return plain;
    }

    /** Without parameters and user, where secrets are. */
    private static String describe(Connection connection, Dialect dialect) throws SQLException {
      DatabaseMetaData metaData = connection.getMetaData();
      String url = metaData.getURL();
      String where =
          url == null ? "" : " at " + USER_INFO.matcher(url.split("[?;]", 2)[0]).replaceFirst("//");
      return dialect.name() + " " + metaData.getDatabaseProductVersion() + where;
    }
  }
}
