package org.spawnmesh.transport.grpc;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A piece of network: what connects to it reaches a port behind it, until the connection is cut,
 * the piece is killed, or it is silenced. It has one address all its life. Thread-safe.
 */
final class Relay implements AutoCloseable {

  private static final AtomicInteger NEXT = new AtomicInteger(new Random().nextInt(10_000));

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final List<Socket> sockets = new ArrayList<>();
  private final int port;
  private ServerSocket listening;
  private int behind;
  private boolean silent;

  Relay() throws IOException {
    listening = reserved();
    port = listening.getLocalPort();
    listening.close();
  }

  /** None of those that systems give to others by themselves, maybe before {@link #to}. */
  private static ServerSocket reserved() throws IOException {
    IOException last = null;
    for (int i = 0; i < 100; i++) {
      int candidate = 20_000 + Math.floorMod(NEXT.getAndIncrement(), 10_000);
      try {
        return new ServerSocket(candidate, 50, InetAddress.getLoopbackAddress());
      } catch (BindException e) {
        last = e;
      }
    }
    throw new IOException("No port is free", last);
  }

  String address() {
    return "127.0.0.1:" + port;
  }

  /** Leads to this port from now on. */
  void to(int port) throws IOException {
    lock.lock();
    try {
      behind = port;
      silent = false;
      changed.signalAll();
      if (listening.isClosed()) {
        listening = new ServerSocket(this.port, 50, InetAddress.getLoopbackAddress());
        ServerSocket own = listening;
        Thread.ofVirtual().start(() -> accept(own));
      }
    } finally {
      lock.unlock();
    }
  }

  /** Nothing passes any more, in neither direction; nothing breaks. */
  void silence() {
    lock.lock();
    try {
      silent = true;
    } finally {
      lock.unlock();
    }
  }

  /** Breaks all connections, as a reset does. */
  void cut() {
    lock.lock();
    try {
      for (Socket socket : sockets) {
        try (socket) {
          socket.setSoLinger(true, 0);
        } catch (IOException e) {
          // closed by its other end already
        }
      }
      sockets.clear();
    } finally {
      lock.unlock();
    }
  }

  /** {@link #cut}, and nothing listens any more. */
  void kill() {
    lock.lock();
    try {
      listening.close();
      cut();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    kill();
  }

  private void accept(ServerSocket own) {
    while (true) {
      try {
        Socket near = own.accept();
        lock.lock();
        try {
          if (own.isClosed()) {
            near.close();
            return;
          }
          var far = new Socket(InetAddress.getLoopbackAddress(), behind);
          near.setTcpNoDelay(true);
          far.setTcpNoDelay(true);
          sockets.addAll(List.of(near, far));
          Thread.ofVirtual().start(() -> copy(near, far));
          Thread.ofVirtual().start(() -> copy(far, near));
        } catch (IOException e) {
          near.close(); // nothing listens behind
        } finally {
          lock.unlock();
        }
      } catch (IOException e) {
        return; // killed
      }
    }
  }

  private void copy(Socket from, Socket to) {
    var buffer = new byte[64 << 10];
    try (from;
        to) {
      for (int n = from.getInputStream().read(buffer);
          n >= 0;
          n = from.getInputStream().read(buffer)) {
        awaitSound();
        to.getOutputStream().write(buffer, 0, n);
      }
    } catch (IOException | InterruptedException e) {
      // cut
    }
  }

  private void awaitSound() throws InterruptedException {
    lock.lock();
    try {
      while (silent) {
        changed.await();
      }
    } finally {
      lock.unlock();
    }
  }
}
