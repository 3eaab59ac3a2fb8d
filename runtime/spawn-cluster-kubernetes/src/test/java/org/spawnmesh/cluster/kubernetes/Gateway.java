package org.spawnmesh.cluster.kubernetes;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;

/** One node's way to the API server, which can be cut, or swallow what is sent. */
final class Gateway implements AutoCloseable {

  private final ServerSocket door;
  private final int server;
  private final Set<Passage> passages = ConcurrentHashMap.newKeySet();
  private volatile boolean open = true;
  private volatile boolean cut;
  private volatile boolean silent;
  private volatile boolean swallowing;
  private volatile CountDownLatch answers = new CountDownLatch(0);

  Gateway(int server) throws IOException {
    this.server = server;
    this.door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::admit);
  }

  String url() {
    return "http://localhost:" + door.getLocalPort() + "/";
  }

  /** Connections break, and new ones at once, until {@link #open}. */
  void shut() {
    open = false;
    passages.forEach(Passage::close);
  }

  void open() {
    open = true;
  }

  /** As {@link #shut}, for ever. */
  void cut() {
    cut = true;
    shut();
  }

  /**
   * Connections that there are, and new ones, stay and carry nothing. Those that there are never do
   * again, even after {@link #speak}.
   */
  void hush() {
    silent = true;
    passages.forEach(passage -> passage.silent = true);
  }

  void speak() {
    silent = false;
  }

  /** Answers wait here until {@link #release}. */
  void hold() {
    answers = new CountDownLatch(1);
  }

  void release() {
    answers.countDown();
  }

  /**
   * Watches that there are tell nothing any more, and stay.
   *
   * @return how many
   */
  int deafen() {
    int watches = 0;
    for (Passage passage : passages) {
      if (passage.watches) {
        passage.silent = true;
        watches++;
      }
    }
    return watches;
  }

  /** Watches that there are break; new ones are taken, and never hear anything. */
  void swallowWatches() {
    swallowing = true;
    endWatches();
  }

  /** Watches that there are break. */
  void endWatches() {
    passages.stream().filter(passage -> passage.watches).forEach(Passage::close);
  }

  private void admit() {
    while (!door.isClosed()) {
      try {
        Socket client = door.accept();
        if (open && !cut) {
          Thread.ofVirtual().start(() -> pass(client));
        } else {
          client.close();
        }
      } catch (IOException e) {
        return; // The door was closed.
      }
    }
  }

  private void pass(Socket client) {
    try (var passage = new Passage(client, new Socket(InetAddress.getLoopbackAddress(), server))) {
      passages.add(passage);
      passage.silent = silent;
      if (!open) {
        return;
      }
      passage.run();
    } catch (IOException | InterruptedException e) {
      // Connections break here.
    }
  }

  @Override
  public void close() {
    try {
      door.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    passages.forEach(Passage::close);
  }

  /** One connection from a node, and the one to the API server behind it. */
  private final class Passage implements AutoCloseable {

    private final Socket client;
    private final Socket behind;
    private final CountDownLatch over = new CountDownLatch(1);
    private volatile boolean silent;
    private volatile boolean watches;

    Passage(Socket client, Socket behind) {
      this.client = client;
      this.behind = behind;
    }

    void run() throws InterruptedException {
      Thread.ofVirtual().start(() -> pump(client, behind, true));
      Thread.ofVirtual().start(() -> pump(behind, client, false));
      over.await();
    }

    private void pump(Socket from, Socket to, boolean asks) {
      try (InputStream in = from.getInputStream();
          OutputStream out = to.getOutputStream()) {
        var buffer = new byte[64 * 1024];
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
          if (asks) {
            String text =
                new String(Arrays.copyOf(buffer, Math.min(n, 2000)), StandardCharsets.US_ASCII);
            watches |= text.startsWith("GET") && text.contains("watch=true");
            silent |= watches && swallowing;
          }
          if (!asks) {
            answers.await();
          }
          if (!silent) {
            out.write(buffer, 0, n);
            out.flush();
          }
        }
      } catch (IOException | InterruptedException e) {
        // Connections break here.
      }
      close();
    }

    @Override
    public void close() {
      passages.remove(this);
      over.countDown();
      for (Socket socket : new Socket[] {client, behind}) {
        try {
          socket.close();
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }
}
