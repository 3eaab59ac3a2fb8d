package org.spawnmesh.spring.autoconfigure;

import java.time.Duration;
import java.util.Locale;
import org.spawnmesh.actor.Durability;
import org.spawnmesh.runtime.NodeSettings;
import org.spawnmesh.store.StateStore;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.util.unit.DataSize;

/** Turns properties into settings, and says which property is wrong if one is. */
final class NodeSettingsFactory {

  private NodeSettingsFactory() {}

  static NodeSettings settings(SpawnProperties properties, StateStore store) {
    SpawnProperties.Limits limits = properties.getLimits();
    positive("spawn.drain-timeout", properties.getDrainTimeout());
    if (properties.getJoinTimeout().isNegative()) {
      throw new InvalidConfigurationPropertyValueException(
          "spawn.join-timeout",
          properties.getJoinTimeout(),
          "It must not be negative; 0 does not wait.");
    }
    if (!(properties.getMemoryPressure() > 0)) {
      throw notAboveZero("spawn.memory-pressure", properties.getMemoryPressure());
    }
    if (properties.getStatestore().getHistory() < 0) {
      throw new InvalidConfigurationPropertyValueException(
          "spawn.statestore.history",
          properties.getStatestore().getHistory(),
          "It is a number of revisions; 0 keeps none.");
    }
    return new NodeSettings(
        positive("spawn.timeout", properties.getTimeout()),
        positive("spawn.idle-timeout", properties.getIdleTimeout()),
        positive("spawn.limits.mailbox", limits.getMailbox()),
        size("spawn.limits.payload-size", limits.getPayloadSize()),
        size("spawn.limits.state-size", limits.getStateSize()),
        positive("spawn.limits.hops", limits.getHops()),
        writers(properties, store),
        NodeSettings.DEFAULTS.batchLimit(),
        durability(properties),
        properties.getMemoryPressure(),
        NodeSettings.DEFAULTS.retryAfter(),
        positive("spawn.reply-retention", properties.getReplyRetention()),
        positive("spawn.limits.delivery-attempts", limits.getDeliveryAttempts()),
        positive("spawn.reminders.per-second", properties.getReminders().getPerSecond()),
        positive("spawn.reminders.grace", properties.getReminders().getGrace()));
  }

  private static Durability durability(SpawnProperties properties) {
    Duration interval = properties.getSnapshotInterval();
    if (properties.getDurability() == SpawnProperties.Durability.SNAPSHOT) {
      return new Durability.Snapshot(
          interval == null ? Duration.ofSeconds(1) : positive("spawn.snapshot-interval", interval));
    }
    if (interval != null) {
      throw new InvalidConfigurationException(
          "spawn.snapshot-interval is %s, but spawn.durability is 'commit', which saves at once."
              .formatted(interval),
          "Remove spawn.snapshot-interval, or set spawn.durability to 'snapshot'.");
    }
    return Durability.COMMIT;
  }

  /** A database that admits one writer at a time gains nothing from a second. */
  private static int writers(SpawnProperties properties, StateStore store) {
    Integer wanted = properties.getStatestore().getWriters();
    if (wanted != null) {
      return positive("spawn.statestore.writers", wanted);
    }
    return store.isVolatile() ? 1 : writersFor(store.describe());
  }

  /**
   * @param database begins with its name, like a JDBC URL without {@code jdbc:}
   */
  static int writersFor(String database) {
    String name = database.toLowerCase(Locale.ROOT);
    return name.startsWith("sqlite") || name.startsWith("h2") ? 1 : NodeSettings.DEFAULTS.writers();
  }

  private static int size(String property, DataSize size) {
    if (size.toBytes() <= 0 || size.toBytes() > Integer.MAX_VALUE) {
      throw new InvalidConfigurationPropertyValueException(
          property, size, "It must be above 0 and at most 2047MB.");
    }
    return (int) size.toBytes();
  }

  static int positive(String property, int value) {
    if (value <= 0) {
      throw notAboveZero(property, value);
    }
    return value;
  }

  static Duration positive(String property, Duration value) {
    if (value.isNegative() || value.isZero()) {
      throw notAboveZero(property, value);
    }
    return value;
  }

  private static InvalidConfigurationPropertyValueException notAboveZero(
      String property, Object value) {
    return new InvalidConfigurationPropertyValueException(property, value, "It must be above 0.");
  }
}
