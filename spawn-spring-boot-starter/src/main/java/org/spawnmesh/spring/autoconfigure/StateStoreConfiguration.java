package org.spawnmesh.spring.autoconfigure;

import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.spawnmesh.statestore.jdbc.JdbcStateStore;
import org.spawnmesh.store.InMemoryStateStore;
import org.spawnmesh.store.StateStore;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.util.StringUtils;

/**
 * Chooses where state lives: the database of {@link SpawnStateStoreConnectionDetails}, else the
 * application's own {@code DataSource}, else memory.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnMissingBean(StateStore.class)
class StateStoreConfiguration {

  private static final Logger log = LoggerFactory.getLogger(StateStoreConfiguration.class);

  @Bean
  @ConditionalOnMissingBean
  @ConditionalOnProperty("spawn.statestore.url")
  SpawnStateStoreConnectionDetails spawnStateStoreConnectionDetails(SpawnProperties properties) {
    return new PropertiesConnectionDetails(properties.getStatestore());
  }

  @Bean
  StateStore spawnStateStore(
      SpawnProperties properties, ActorSystemName system, StateStoreDatabases databases) {
    SpawnProperties.Statestore wanted = properties.getStatestore();
    if (wanted.getType() == SpawnProperties.Statestore.Type.MEMORY) {
      refuseDatabaseProperties(wanted);
      return new InMemoryStateStore();
    }
    JdbcStateStore.@Nullable Builder store = databases.find();
    if (store != null) {
      return store
          .system(system.value())
          .encryption(EncryptionKeys.ring(wanted.getEncryption()))
          .build();
    }
    if (wanted.getType() == SpawnProperties.Statestore.Type.JDBC) {
      throw new InvalidConfigurationException(
          "spawn.statestore.type is 'jdbc', but spawn.statestore.url is not set and the application"
              + " has no DataSource.",
          "Set spawn.statestore.url, or spring.datasource.url, or remove spawn.statestore.type.");
    }
    refuseDatabaseProperties(wanted);
    log.warn(
        "Actors are kept in memory and forgotten when this process ends;"
            + " set spawn.statestore.url or add a DataSource to keep them");
    return new InMemoryStateStore();
  }

  @Bean
  StateStoreDatabases spawnStateStoreDatabases(
      SpawnProperties properties,
      ObjectProvider<SpawnStateStoreConnectionDetails> own,
      @SpawnDataSource ObjectProvider<DataSource> marked,
      ObjectProvider<DataSource> any) {
    return new StateStoreDatabases(properties, own, marked, any);
  }

  /** Whoever sets them believes that state is kept. */
  private static void refuseDatabaseProperties(SpawnProperties.Statestore wanted) {
    String property = null;
    String value = null;
    if (StringUtils.hasText(wanted.getUrl())) {
      property = "spawn.statestore.url";
      value = "set";
    } else if (wanted.getHistory() > 0) {
      property = "spawn.statestore.history";
      value = String.valueOf(wanted.getHistory());
    } else if (!wanted.getEncryption().getKeys().isEmpty()) {
      property = "spawn.statestore.encryption.keys";
      value = "set";
    }
    if (property != null) {
      throw new InvalidConfigurationException(
          "%s is %s, but actors are kept in memory (spawn.statestore.type is '%s')."
              .formatted(
                  property, value, wanted.getType().name().toLowerCase(java.util.Locale.ROOT)),
          "Remove %s, or configure a database with spawn.statestore.url and without type 'memory'."
              .formatted(property));
    }
  }

  /** What the properties say. */
  private record PropertiesConnectionDetails(SpawnProperties.Statestore properties)
      implements SpawnStateStoreConnectionDetails {

    @Override
    public String getJdbcUrl() {
      return java.util.Objects.requireNonNull(properties.getUrl());
    }

    @Override
    public @Nullable String getUsername() {
      return properties.getUsername();
    }

    @Override
    public @Nullable String getPassword() {
      return properties.getPassword();
    }
  }
}
