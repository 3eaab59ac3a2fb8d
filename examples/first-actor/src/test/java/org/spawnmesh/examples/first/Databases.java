package org.spawnmesh.examples.first;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import javax.sql.DataSource;
import org.spawnmesh.spring.autoconfigure.SpawnDataSource;
import org.spawnmesh.statestore.jdbc.JdbcStateStore;
import org.spawnmesh.statestore.jdbc.KeyRing;
import org.spawnmesh.statestore.jdbc.StorePool;
import org.springframework.context.annotation.Bean;

/** Code of pages about databases; compiled, and not run. */
final class Databases {

  // tag::marked[]
  @Bean
  @SpawnDataSource
  DataSource actors() {
    var config = new HikariConfig();
    config.setJdbcUrl("jdbc:postgresql://localhost/actors");
    return new HikariDataSource(config);
  }

  // end::marked[]

  static JdbcStateStore opened(String password, String key) {
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
