package org.spawnmesh.spring.autoconfigure;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.service.connection.ConnectionDetails;

/** Where the database for actor state is, if it is not the application's own. */
public interface SpawnStateStoreConnectionDetails extends ConnectionDetails {

  /** For example {@code jdbc:postgresql://localhost/actors}. */
  String getJdbcUrl();

  default @Nullable String getUsername() {
    return null;
  }

  default @Nullable String getPassword() {
    return null;
  }
}
