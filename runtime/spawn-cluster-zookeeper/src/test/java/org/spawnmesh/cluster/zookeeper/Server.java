package org.spawnmesh.cluster.zookeeper;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.curator.test.InstanceSpec;
import org.apache.curator.test.TestingServer;

/** A ZooKeeper server in this process, on one port for all its lives. */
final class Server implements AutoCloseable {

  /** So that sessions may be as short as a second. */
  static final int TICK_MILLIS = 500;

  private final Path directory;
  private final Path data;
  private final TestingServer server;
  private boolean running = true;

  Server(Path directory) throws Exception {
    this(directory, Map.of());
  }

  Server(Path directory, Map<String, Object> properties) throws Exception {
    this.directory = directory;
    this.data = Files.createDirectories(directory.resolve("server/data"));
    var spec =
        new InstanceSpec(
            data.toFile(), Ports.free(), -1, -1, false, 1, TICK_MILLIS, -1, properties, null);
    server = new TestingServer(spec, true);
  }

  String connect() {
    return server.getConnectString();
  }

  int port() {
    return server.getPort();
  }

  void stop() throws IOException {
    running = false;
    server.stop();
  }

  void start() throws Exception {
    server.restart();
    running = true;
  }

  /** Mends what a failed test left. */
  void startIfStopped() throws Exception {
    if (!running) {
      start();
    }
  }

  /** Begins with nothing. */
  void wipe() throws Exception {
    stop();
    delete(data);
    Files.createDirectories(data);
    start();
  }

  /** Keeps what there is now, for {@link #restore}. */
  void backUp() throws Exception {
    stop();
    if (Files.exists(directory.resolve("backup"))) {
      delete(directory.resolve("backup"));
    }
    copy(data, directory.resolve("backup"));
    start();
  }

  /** Goes on with what there was then. */
  void restore() throws Exception {
    stop();
    delete(data);
    copy(directory.resolve("backup"), data);
    start();
  }

  private static void delete(Path tree) throws IOException {
    try (Stream<Path> paths = Files.walk(tree)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> paths = Files.walk(from)) {
      for (Path path : paths.toList()) {
        Files.copy(path, to.resolve(from.relativize(path).toString()));
      }
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
