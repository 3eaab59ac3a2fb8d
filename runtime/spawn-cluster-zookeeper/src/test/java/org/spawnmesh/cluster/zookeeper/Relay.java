package org.spawnmesh.cluster.zookeeper;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Stands between one client and its server, and can hold the server's answers back. */
final class Relay implements AutoCloseable {

  private final ServerSocket front;
  private final int server;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition moved = lock.newCondition();
  private boolean holding;
  private boolean held;
  private int allowed;

  Relay(int server) throws IOException {
    this.server = server;
    this.front = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  String connect() {
    return "127.0.0.1:" + front.getLocalPort();
  }

  /** From now on answers wait here. */
  void hold() {
    change(() -> holding = true);
  }

  void letOneAnswerThrough() {
    change(
        () -> {
          held = false;
          allowed = 1;
        });
  }

  void letGo() {
    change(() -> holding = false);
  }

  /** Waits until an answer waits. */
  void awaitHeld() throws InterruptedException {
    lock.lock();
    try {
      long left = TimeUnit.SECONDS.toNanos(10);
      while (!held) {
        if (left <= 0) {
          throw new AssertionError("No answer came");
        }
        left = moved.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }

  private void change(Runnable change) {
    lock.lock();
    try {
      change.run();
      moved.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void pass() {
    lock.lock();
    try {
      while (holding && allowed == 0) {
        held = true;
        moved.signalAll();
        moved.awaitUninterruptibly();
      }
      allowed = 0;
    } finally {
      lock.unlock();
    }
  }

  private void accept() {
    try {
      while (true) {
        Socket client = front.accept();
        var back = new Socket(InetAddress.getLoopbackAddress(), server);
        Thread.ofVirtual().start(() -> pump(client, back, () -> {}));
        Thread.ofVirtual().start(() -> pump(back, client, this::pass));
      }
    } catch (IOException e) {
      // It was closed.
    }
  }

  /** The client asks one question at a time, so what comes in one piece is one answer. */
  private static void pump(Socket from, Socket to, Runnable gate) {
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] piece = new byte[65536];
      for (int length = in.read(piece); length >= 0; length = in.read(piece)) {
        gate.run();
        out.write(piece, 0, length);
      }
    } catch (IOException e) {
      // The other side is gone.
    }
  }

  @Override
  public void close() throws IOException {
    letGo();
    front.close();
  }
}
