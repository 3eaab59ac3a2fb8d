package org.spawnmesh.statestore.jdbc;

import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.logging.Log;
import org.flywaydb.core.api.logging.LogCreator;
import org.flywaydb.core.api.logging.LogFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * While it is open, what Flyway tells at INFO on this thread is told at DEBUG: an application that
 * keeps actors did not ask for migrations.
 *
 * <p>Flyway chooses its log for the whole process. What other threads have to say stays as it is,
 * and when this is closed, Flyway chooses again as if this had never been.
 */
final class QuietFlyway implements LogCreator, AutoCloseable {

  private final Thread quiet = Thread.currentThread();
  private final Flyway flyway;

  private QuietFlyway(Flyway flyway) {
    this.flyway = flyway;
  }

  static QuietFlyway with(Flyway flyway) {
    QuietFlyway log = new QuietFlyway(flyway);
    LogFactory.setLogCreator(log);
    return log;
  }

  @Override
  public void close() {
    LogFactory.setConfiguration(flyway.getConfiguration());
  }

  @Override
  public Log createLogger(Class<?> source) {
    return new QuietLog(LoggerFactory.getLogger(source));
  }

  private final class QuietLog implements Log {

    private final Logger log;

    QuietLog(Logger log) {
      this.log = log;
    }

    @Override
    public boolean isDebugEnabled() {
      return log.isDebugEnabled();
    }

    @Override
    public void debug(String message) {
      log.debug(message);
    }

    @Override
    public void info(String message) {
      if (Thread.currentThread().equals(quiet)) {
        log.debug(message);
      } else {
        log.info(message);
      }
    }

    @Override
    public void warn(String message) {
      log.warn(message);
    }

    @Override
    public void error(String message) {
      log.error(message);
    }

    @Override
    public void error(String message, Exception cause) {
      log.error(message, cause);
    }

    /** Advertisements, mostly; Flyway's own way to SLF4J drops them, too. */
    @Override
    public void notice(String message) {}
  }
}
