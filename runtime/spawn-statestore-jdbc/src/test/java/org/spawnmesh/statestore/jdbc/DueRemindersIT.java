package org.spawnmesh.statestore.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.spawnmesh.actor.ActorDefinition;
import org.spawnmesh.actor.ActorType;
import org.spawnmesh.actor.Kind;
import org.spawnmesh.actor.Payload;
import org.spawnmesh.cluster.Standalone;
import org.spawnmesh.host.HostReply;
import org.spawnmesh.runtime.NodeListener;
import org.spawnmesh.runtime.NodeSettings;
import org.spawnmesh.runtime.SpawnNode;
import org.spawnmesh.store.Reminder;
import org.spawnmesh.store.Slots;

/**
 * A million reminders that wait and two thousand a second that are due, on PostgreSQL and in real
 * time. A measurement, made when asked for: {@code -Dspawn.measure=true}.
 */
@EnabledIfSystemProperty(named = "spawn.measure", matches = "true")
class DueRemindersIT {

  private static final Logger log = LoggerFactory.getLogger(DueRemindersIT.class);

  private static final ActorType TYPE = new ActorType("system", "Clerk");
  private static final int WAITING = Integer.getInteger("spawn.measure.waiting", 1_000_000);
  private static final int SECONDS = Integer.getInteger("spawn.measure.seconds", 20);
  private static final int PER_SECOND = Integer.getInteger("spawn.measure.due", 2_000);

  @Test
  void dueRemindersAreFoundAmongAMillionAndComeInTime() throws Exception {
    try (HikariDataSource pool = Databases.postgres().open();
        JdbcStateStore store = JdbcStateStore.builder(pool).system("system").build()) {
      Instant far = Instant.now().plus(Duration.ofDays(300));
      insert(pool, "w", WAITING, far, 0);

      List<Long> queries = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        long begin = System.nanoTime();
        Slots third = Slots.of(slot -> slot % 3 == 0);
        Instant now = Instant.now();
        store.agenda().alarms(TYPE, Slots.ALL, now.plusSeconds(60), 1_000);
        store.agenda().alarms(TYPE, third, now, 1_000);
        store.agenda().nextAlarm(TYPE, third, now, now.plusSeconds(60));
        queries.add((System.nanoTime() - begin) / 3);
      }
      queries.sort(null);

      ConcurrentLinkedQueue<Duration> late = new ConcurrentLinkedQueue<>();
      SpawnNode node =
          SpawnNode.builder(store)
              .cluster(new Standalone("node", Duration.ofSeconds(10)))
              .settings(NodeSettings.DEFAULTS)
              .listener(
                  new NodeListener() {
                    @Override
                    public void reminded(Reminder reminder, Duration after) {
                      late.add(after);
                    }
                  })
              .build();
      node.register(
          ActorDefinition.of(TYPE, Kind.UNNAMED, b -> b.stateful(true).actions("note")),
          call ->
              HostReply.of(
                  Payload.NONE, Payload.of("t", call.action().getBytes(StandardCharsets.UTF_8))));
      int due = PER_SECOND * SECONDS;
      // the first are a warm-up: they begin before anything is compiled
      insert(pool, "d", due, Instant.now().plusSeconds(10), 1_000_000 / PER_SECOND);
      node.start();
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60L + SECONDS);
      while (late.size() < due && System.nanoTime() < end) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
      }
      node.close();
      List<Duration> sorted = late.stream().skip(due / 4).sorted().toList();
      log.info(
          "{} waiting, {} due a second: due query median {} us, p99 {} us; late p50 {} ms, p99 {} ms,"
              + " max {} ms",
          WAITING,
          PER_SECOND,
          queries.get(100) / 1_000,
          queries.get(198) / 1_000,
          sorted.get(sorted.size() / 2).toMillis(),
          sorted.get(sorted.size() * 99 / 100).toMillis(),
          sorted.getLast().toMillis());
      assertThat(late).hasSize(due);
      assertThat(queries.get(100)).isLessThan(10_000_000);
    }
  }

  /** One reminder each of so many actors, due one after the other. */
  private static void insert(
      DataSource pool, String prefix, int count, Instant first, int stepMicros) throws Exception {
    try (Connection connection = pool.getConnection();
        Statement insert = connection.createStatement()) {
      insert.execute(
          """
          insert into spawn_reminder
            (system, type, name, reminder, slot, action, schedule, zone, catch_up, due_at)
          select 'system', 'Clerk', '%s' || i, 'note', i %% 256, 'note',
            'every PT24H from 2026-01-01T00:00:00Z', '', 'ONE', %d + i::bigint * %d
          from generate_series(0, %d) i
          """
              .formatted(
                  prefix,
                  TimeUnit.MILLISECONDS.toMicros(first.toEpochMilli()),
                  stepMicros,
                  count - 1));
      insert.execute("analyze spawn_reminder");
      if (!connection.getAutoCommit()) {
        connection.commit();
      }
    }
  }
}
