package org.spawnmesh.spring.autoconfigure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.statestore.jdbc.JdbcStateStore;
import org.spawnmesh.statestore.jdbc.StorePool;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.util.StringUtils;

/** The databases that could keep state. */
final class StateStoreDatabases {

  /** A database that is a file of this machine; not one in memory, nor one below "~" of H2. */
  private static final Pattern FILE =
      Pattern.compile("(?i)jdbc:(sqlite:(?!file:|:)|h2:file:(?!~))(?<path>[^?;]+).*");

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
      requireDriver(url);
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
    return wanted != null
        ? NodeSettingsFactory.positive("spawn.statestore.writers", wanted)
        : NodeSettingsFactory.writersFor(url.replaceFirst("^jdbc:", ""));
  }

  /** The pool would say the same, and not what to do. */
  private static void requireDriver(String url) {
    if (!StringUtils.hasText(url)) {
      throw new InvalidConfigurationException(
          "spawn.statestore.url is empty.",
          "Set it to a JDBC URL, for example jdbc:sqlite:data/actors.db, or remove it.");
    }
    try {
      DriverManager.getDriver(url);
    } catch (SQLException e) {
      throw new InvalidConfigurationException(
          "No JDBC driver of this application knows the URL of the database for actor state, '%s'."
              .formatted(withoutSecrets(url)),
          "Correct spawn.statestore.url: it looks like jdbc:postgresql://host:5432/database. If it"
              + " is right, add the database's driver to the application.");
    }
  }

  private static String withoutSecrets(String url) {
    return url.split("[?;]", 2)[0].replaceFirst("[^/:]+[:/][^/@]*@", "");
  }

  /** SQLite makes the file, but not the directory it is in; H2 fails to at length. */
  private static void createDirectory(String url) {
    Matcher file = FILE.matcher(url);
    if (!file.matches()) {
      return;
    }
    Path directory = Path.of(file.group("path")).toAbsolutePath().getParent();
    try {
      if (directory != null) {
        Files.createDirectories(directory);
      }
    } catch (IOException e) {
      throw new InvalidConfigurationException(
          "The directory %s, for actor state, cannot be made (%s)."
              .formatted(directory, e.getClass().getSimpleName()),
          "Correct spawn.statestore.url, or make a directory that this process may write to.");
    }
  }
}
