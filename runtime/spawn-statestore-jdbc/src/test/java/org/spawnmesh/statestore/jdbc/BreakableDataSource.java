package org.spawnmesh.statestore.jdbc;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicReference;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/**
 * Real, unpooled connections with a place to stand between each operation and the database: a test
 * can break the connection there, before or after the database heard of it, or hold everything up.
 */
final class BreakableDataSource extends DelegatingDataSource {

  private final AtomicReference<Trap> trap = new AtomicReference<>(new Trap() {});
  private volatile boolean away;

  /** Called on the thread that uses the connection; may throw, and may block. */
  interface Trap {

    /**
     * @param operation the SQL, or {@code COMMIT} however it is sent
     */
    default void before(String operation, Connection real) throws SQLException {}

    default void after(String operation, Connection real) throws SQLException {}
  }

  BreakableDataSource(StorePool database) {
    super(new DriverManagerDataSource(database.url(), database.username(), database.password()));
  }

  void set(Trap next) {
    trap.set(next);
  }

  void heal() {
    trap.set(new Trap() {});
    away = false;
  }

  /** No connection can be had from now on. */
  void goAway() {
    away = true;
  }

  /** The next COMMIT meets a broken connection: the database never hears of it. */
  void breakBeforeCommit() {
    set(
        new Trap() {
          @Override
          public void before(String operation, Connection real) throws SQLException {
            if (operation.equals("COMMIT")) {
              heal();
              sever(real);
            }
          }
        });
  }

  /** The next COMMIT is carried out, and the connection breaks before its answer. */
  void breakAfterCommit() {
    set(
        new Trap() {
          @Override
          public void after(String operation, Connection real) throws SQLException {
            if (operation.equals("COMMIT")) {
              heal();
              sever(real);
              throw new SQLNonTransientConnectionException("the answer was lost", "08006");
            }
          }
        });
  }

  /** The next statement that says this, perhaps among others, finds its connection broken. */
  void breakBefore(String words) {
    set(
        new Trap() {
          @Override
          public void before(String operation, Connection real) throws SQLException {
            if (operation.contains(words)) {
              heal();
              sever(real);
            }
          }
        });
  }

  /** A server loses its client; a database in this process closes the session. */
  static void sever(Connection real) throws SQLException {
    real.abort(Runnable::run);
    if (!real.isClosed()) {
      real.close();
    }
  }

  @Override
  public Connection getConnection() throws SQLException {
    if (away) {
      throw new SQLNonTransientConnectionException("nobody listens there", "08001");
    }
    Connection real = super.getConnection();
    return proxy(Connection.class, connectionCalls(real));
  }

  private InvocationHandler connectionCalls(Connection real) {
    return (self, method, arguments) ->
        switch (method.getName()) {
          case "commit" -> around("COMMIT", real, () -> call(real, method, arguments));
          case "prepareStatement" ->
              proxy(
                  PreparedStatement.class,
                  statementCalls(
                      call(real, method, arguments), real, String.valueOf(arguments[0])));
          case "createStatement" ->
              proxy(Statement.class, statementCalls(call(real, method, arguments), real, ""));
          default -> call(real, method, arguments);
        };
  }

  private InvocationHandler statementCalls(Object statement, Connection real, String prepared) {
    return (self, method, arguments) -> {
      if (!method.getName().startsWith("execute")) {
        return call(statement, method, arguments);
      }
      String sql = arguments == null ? prepared : String.valueOf(arguments[0]);
      return around(sql, real, () -> call(statement, method, arguments));
    };
  }

  private interface Call {
    Object make() throws Throwable;
  }

  private Object around(String operation, Connection real, Call call) throws Throwable {
    Trap now = trap.get();
    now.before(operation, real);
    Object result = call.make();
    now.after(operation, real);
    return result;
  }

  private static Object call(Object target, java.lang.reflect.Method method, Object[] arguments)
      throws Throwable {
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  private static <T> T proxy(Class<T> type, InvocationHandler handler) {
    return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
  }
}
