package org.spawnmesh.examples.first;

import javax.sql.DataSource;
import org.spawnmesh.spring.autoconfigure.SpawnDataSource;
import org.spawnmesh.statestore.jdbc.JdbcStateStore;
import org.spawnmesh.statestore.jdbc.KeyRing;
import org.spawnmesh.statestore.jdbc.StorePool;
import org.springframework.boot.jdbc.DataSourceBuilder;
import org.springframework.context.annotation.Bean;

/** Code of pages about databases; compiled, and not run. */
final class Databases {

  // tag::marked[]
  @Bean
  @SpawnDataSource
  DataSource actors() {
    return DataSourceBuilder.create().url("jdbc:postgresql://localhost/actors").build();
  }

  // end::marked[]

  static JdbcStateStore opened(String password, byte[] key) {
    // tag::store[]
    JdbcStateStore store =
        JdbcStateStore.builder(new StorePool("jdbc:postgresql://db/app", "app", password, 2))
            .system("shop")
            .encryption(KeyRing.of("2026-03", key)) // optional
            .tablePrefix("spawn_") // the default
            .build();
    // end::store[]
    return store;
  }
}
