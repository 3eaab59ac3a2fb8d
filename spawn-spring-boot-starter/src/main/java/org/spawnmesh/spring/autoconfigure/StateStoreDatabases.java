package org.spawnmesh.spring.autoconfigure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.statestore.jdbc.JdbcStateStore;
import org.spawnmesh.statestore.jdbc.StorePool;
import org.springframework.beans.factory.ObjectProvider;

/** The databases that could keep state. */
final class StateStoreDatabases {

  private final SpawnProperties properties;
  private final ObjectProvider<SpawnStateStoreConnectionDetails> own;
  private final ObjectProvider<DataSource> marked;
  private final ObjectProvider<DataSource> any;

  StateStoreDatabases(
      SpawnProperties properties,
      ObjectProvider<SpawnStateStoreConnectionDetails> own,
      ObjectProvider<DataSource> marked,
      ObjectProvider<DataSource> any) {
    this.properties = properties;
    this.own = own;
    this.marked = marked;
    this.any = any;
  }

  /** Null if there is none. What is said for actors wins over what is there anyway. */
  JdbcStateStore.@Nullable Builder find() {
    SpawnStateStoreConnectionDetails details = own.getIfAvailable();
    if (details != null) {
      String url = details.getJdbcUrl();
      createDirectory(url);
      return JdbcStateStore.builder(
          new StorePool(url, details.getUsername(), details.getPassword(), writers(url)));
    }
    DataSource dataSource = dataSource();
    return dataSource == null ? null : JdbcStateStore.builder(dataSource);
  }

  private @Nullable DataSource dataSource() {
    DataSource chosen = marked.getIfAvailable();
    if (chosen == null) {
      chosen = any.getIfUnique();
    }
    if (chosen == null && any.stream().findAny().isPresent()) {
      throw new InvalidConfigurationException(
          "The application has %d DataSource beans, and none of them is primary."
              .formatted(any.stream().count()),
          "Mark the one that actors are kept in with @SpawnDataSource, make one @Primary, or set"
              + " spawn.statestore.url.");
    }
    return chosen;
  }

  private int writers(String url) {
    Integer wanted = properties.getStatestore().getWriters();
    return wanted != null ? wanted : NodeSettingsFactory.writersFor(url.replaceFirst("^jdbc:", ""));
  }

  /** SQLite makes the file, but not the directory it is in. */
  private static void createDirectory(String url) {
    if (!url.toLowerCase(Locale.ROOT).startsWith("jdbc:sqlite:")) {
      return;
    }
    String file = url.substring("jdbc:sqlite:".length()).replaceFirst("\\?.*$", "");
    if (file.isEmpty() || file.startsWith(":") || file.startsWith("file:")) {
      return;
    }
    Path directory = Path.of(file).toAbsolutePath().getParent();
    try {
      if (directory != null) {
        Files.createDirectories(directory);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("The directory of " + url + " cannot be made", e);
    }
  }
}
