package org.spawnmesh.spring.autoconfigure;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.util.unit.DataSize;

/** The node's settings. */
@ConfigurationProperties("spawn")
public class SpawnProperties {

  /**
   * Name of the actor system. Part of every actor's identity, so state is found again only under
   * the same name. By default the application's name, or "spawn-system" if it has none.
   */
  private @Nullable String system;

  /** How long a caller waits for an answer that says nothing else. */
  private Duration timeout = Duration.ofSeconds(30);

  /** How long an actor may be unused before it leaves memory. */
  private Duration idleTimeout = Duration.ofSeconds(60);

  /**
   * When a change is safe, compared with when its answer leaves: "commit" answers after the change
   * is durable; "snapshot" answers at once, and a crash loses up to one snapshot-interval.
   */
  private Durability durability = Durability.COMMIT;

  /** For durability "snapshot": how often state is saved while it changes. By default 1s. */
  private @Nullable Duration snapshotInterval;

  /** How long to wait at start for another node on the same store that is just stopping. */
  private Duration joinTimeout = Duration.ofSeconds(10);

  /** How long a stopping node finishes what it accepted. */
  private Duration drainTimeout = Duration.ofSeconds(25);

  /**
   * Share of the heap in use after a garbage collection from which on idle actors leave memory
   * before their time; 1 or more for never.
   */
  private double memoryPressure = 0.85;

  /** How long the reply to a call with a key is kept, at least, for those who ask again. */
  private Duration replyRetention = Duration.ofHours(24);

  private final Reminders reminders = new Reminders();

  private final Limits limits = new Limits();

  private final Statestore statestore = new Statestore();

  public @Nullable String getSystem() {
    return system;
  }

  public void setSystem(@Nullable String system) {
    this.system = system;
  }

  public Duration getTimeout() {
    return timeout;
  }

  public void setTimeout(Duration timeout) {
    this.timeout = timeout;
  }

  public Duration getIdleTimeout() {
    return idleTimeout;
  }

  public void setIdleTimeout(Duration idleTimeout) {
    this.idleTimeout = idleTimeout;
  }

  public Durability getDurability() {
    return durability;
  }

  public void setDurability(Durability durability) {
    this.durability = durability;
  }

  public @Nullable Duration getSnapshotInterval() {
    return snapshotInterval;
  }

  public void setSnapshotInterval(@Nullable Duration snapshotInterval) {
    this.snapshotInterval = snapshotInterval;
  }

  public Duration getJoinTimeout() {
    return joinTimeout;
  }

  public void setJoinTimeout(Duration joinTimeout) {
    this.joinTimeout = joinTimeout;
  }

  public Duration getDrainTimeout() {
    return drainTimeout;
  }

  public void setDrainTimeout(Duration drainTimeout) {
    this.drainTimeout = drainTimeout;
  }

  public double getMemoryPressure() {
    return memoryPressure;
  }

  public void setMemoryPressure(double memoryPressure) {
    this.memoryPressure = memoryPressure;
  }

  public Duration getReplyRetention() {
    return replyRetention;
  }

  public void setReplyRetention(Duration replyRetention) {
    this.replyRetention = replyRetention;
  }

  public Reminders getReminders() {
    return reminders;
  }

  public Limits getLimits() {
    return limits;
  }

  public Statestore getStatestore() {
    return statestore;
  }

  /** When a change is safe. */
  public enum Durability {
    /** Before its answer leaves. */
    COMMIT,
    /** Some time after. */
    SNAPSHOT
  }

  /** How actors are reminded. */
  public static class Reminders {

    /**
     * How many reminders a second all nodes together tell their actors at most, so that what was
     * missed while no node ran does not overrun the database.
     */
    private int perSecond = 5_000;

    /** How long a reminder's time may be over and still is not missed. */
    private Duration grace = Duration.ofMinutes(1);

    public int getPerSecond() {
      return perSecond;
    }

    public void setPerSecond(int perSecond) {
      this.perSecond = perSecond;
    }

    public Duration getGrace() {
      return grace;
    }

    public void setGrace(Duration grace) {
      this.grace = grace;
    }
  }

  /** What a node refuses rather than suffer from it. */
  public static class Limits {

    /** Calls that may wait for one actor, and answers that may wait for its commits. */
    private int mailbox = 1024;

    /** Size of one message. */
    private DataSize payloadSize = DataSize.ofMegabytes(4);

    /** Size of one actor's state. */
    private DataSize stateSize = DataSize.ofMegabytes(4);

    /**
     * How often a call may be handed on: between nodes, by pipes and forwards, by actors that end.
     */
    private int hops = 8;

    /** How often a message that one actor sends to another is tried before it is a dead letter. */
    private int deliveryAttempts = 20;

    public int getMailbox() {
      return mailbox;
    }

    public void setMailbox(int mailbox) {
      this.mailbox = mailbox;
    }

    public DataSize getPayloadSize() {
      return payloadSize;
    }

    public void setPayloadSize(DataSize payloadSize) {
      this.payloadSize = payloadSize;
    }

    public DataSize getStateSize() {
      return stateSize;
    }

    public void setStateSize(DataSize stateSize) {
      this.stateSize = stateSize;
    }

    public int getDeliveryAttempts() {
      return deliveryAttempts;
    }

    public void setDeliveryAttempts(int deliveryAttempts) {
      this.deliveryAttempts = deliveryAttempts;
    }

    public int getHops() {
      return hops;
    }

    public void setHops(int hops) {
      this.hops = hops;
    }
  }

  /** Where state lives. */
  public static class Statestore {

    /** What keeps the state. */
    private Type type = Type.AUTO;

    /**
     * JDBC URL of a database for actor state alone, for example "jdbc:sqlite:data/actors.db". By
     * default the application's own DataSource is used.
     */
    private @Nullable String url;

    /** User name for the database at the URL. */
    private @Nullable String username;

    /** Password for the database at the URL. */
    private @Nullable String password;

    /**
     * Commits that may be under way at once, when many changes wait. By default 2, or 1 for SQLite
     * and H2.
     */
    private @Nullable Integer writers;

    /** How many earlier revisions of each actor's state to keep. It doubles the writes. */
    private int history;

    private final Encryption encryption = new Encryption();

    public Type getType() {
      return type;
    }

    public void setType(Type type) {
      this.type = type;
    }

    public @Nullable String getUrl() {
      return url;
    }

    public void setUrl(@Nullable String url) {
      this.url = url;
    }

    public @Nullable String getUsername() {
      return username;
    }

    public void setUsername(@Nullable String username) {
      this.username = username;
    }

    public @Nullable String getPassword() {
      return password;
    }

    public void setPassword(@Nullable String password) {
      this.password = password;
    }

    public @Nullable Integer getWriters() {
      return writers;
    }

    public void setWriters(@Nullable Integer writers) {
      this.writers = writers;
    }

    public int getHistory() {
      return history;
    }

    public void setHistory(int history) {
      this.history = history;
    }

    public Encryption getEncryption() {
      return encryption;
    }

    /** Kinds of store. */
    public enum Type {
      /** A database if one is configured, else memory. */
      AUTO,
      /** A database; the application does not start without one. */
      JDBC,
      /** Memory of this process; nothing survives it. */
      MEMORY
    }
  }

  /** State at rest. */
  public static class Encryption {

    /**
     * Keys by their id: 32 random bytes in Base64 each, for AES-256-GCM. State that was written
     * with any of them can be read.
     */
    private Map<String, String> keys = new LinkedHashMap<>();

    /** Id of the key that new state is written with. By default the only one. */
    private @Nullable String activeKey;

    public Map<String, String> getKeys() {
      return keys;
    }

    public void setKeys(Map<String, String> keys) {
      this.keys = keys;
    }

    public @Nullable String getActiveKey() {
      return activeKey;
    }

    public void setActiveKey(@Nullable String activeKey) {
      this.activeKey = activeKey;
    }
  }
}
