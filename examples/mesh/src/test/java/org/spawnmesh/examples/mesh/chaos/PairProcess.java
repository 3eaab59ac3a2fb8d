package org.spawnmesh.examples.mesh.chaos;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.spawnmesh.examples.mesh.local.LocalProcess;

/** One life of a {@link PairNode} after the other. Thread-safe. */
final class PairProcess implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(180);

  private final Path folder;
  private final String classPath;
  private final String database;
  private LocalProcess process;
  private int life;

  /** 0 as long as the life has just begun. */
  private int port;

  PairProcess(Path folder, String classPath, String database) throws Exception {
    this.folder = folder;
    this.classPath = classPath;
    this.database = database;
    this.process = begin();
  }

  private LocalProcess begin() throws IOException {
    return LocalProcess.java(
        "life-" + life,
        folder,
        classPath,
        List.of("-Xmx256m", "-Dlogback.configurationFile=quiet.xml"),
        PairNode.class,
        List.of(database));
  }

  void awaitReady() throws InterruptedException {
    int listens = Integer.parseInt(process.awaitOutput("Listens on (\\d+)", PATIENCE).group(1));
    synchronized (this) {
      port = listens;
      notifyAll();
    }
  }

  /** SIGKILL, and the next life begins. */
  void kill() throws IOException {
    process.close();
    synchronized (this) {
      port = 0;
      life++;
      process = begin();
    }
  }

  /** A connection to one life. */
  record Line(int life, Socket socket, DataInputStream in, DataOutputStream out)
      implements AutoCloseable {

    /** What became of a call, and what it was answered. */
    record Told(String what, String answer) {}

    Told call(int number, String key) throws IOException {
      out.writeInt(number);
      out.writeUTF(key);
      out.flush();
      return new Told(in.readUTF(), in.readUTF());
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  /**
   * Waits for a life that serves.
   *
   * @param after it must be a later one than this
   */
  Line connect(int after) throws IOException, InterruptedException {
    int at;
    int which;
    synchronized (this) {
      long end = System.nanoTime() + PATIENCE.toNanos();
      while (port == 0 || life <= after) {
        long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
        if (left <= 0) {
          throw new IllegalStateException(
              "No life after %d serves within %s".formatted(after, PATIENCE));
        }
        wait(left);
      }
      at = port;
      which = life;
    }
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), at);
    socket.setTcpNoDelay(true);
    return new Line(
        which,
        socket,
        new DataInputStream(socket.getInputStream()),
        new DataOutputStream(socket.getOutputStream()));
  }

  @Override
  public void close() {
    process.close();
  }
}
