package org.spawnmesh.examples.mesh.chaos;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The connections between nodes, each of which goes through here. A cable that is cut carries
 * nothing and breaks nothing, as a network that drops all packets; what was sent arrives when it is
 * mended. Thread-safe.
 */
final class Cables implements AutoCloseable {

  /** From whoever connects to whom it connects to; there is another one in return. */
  record Cable(String from, String to) {}

  private final Map<String, Socketed> plugged = new ConcurrentHashMap<>();
  private final Map<Long, String> names = new ConcurrentHashMap<>();
  private final Set<Cable> cut = new HashSet<>();

  /** One life of a node, and where its peers reach it. */
  private record Socketed(ServerSocket listener, Set<Socket> open) {

    void close() {
      quietly(listener);
      open.forEach(Cables::quietly);
    }
  }

  /**
   * @param port where the node will listen
   * @return where its peers are to connect
   */
  int plug(String node, int port) throws IOException {
    ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Socketed socketed = new Socketed(listener, ConcurrentHashMap.newKeySet());
    plugged.put(node, socketed);
    Thread.ofVirtual().start(() -> accept(node, socketed, port));
    return listener.getLocalPort();
  }

  /** Who connects is known by the process. */
  void name(long pid, String node) {
    names.put(pid, node);
  }

  /** The node is dead: whoever connects is refused, as by a port where nobody listens. */
  void unplug(String node) {
    Socketed socketed = plugged.remove(node);
    if (socketed != null) {
      socketed.close();
    }
  }

  synchronized void cut(Cable cable) {
    cut.add(cable);
  }

  synchronized void mend(Cable cable) {
    cut.remove(cable);
    notifyAll();
  }

  private synchronized void awaitWhole(Cable cable) throws InterruptedException {
    while (cut.contains(cable)) {
      wait();
    }
  }

  private void accept(String node, Socketed socketed, int port) {
    try {
      while (true) {
        Socket near = socketed.listener.accept();
        socketed.open.add(near);
        Thread.ofVirtual().start(() -> connect(node, socketed, near, port));
      }
    } catch (IOException e) {
      // unplugged
    }
  }

  private void connect(String node, Socketed socketed, Socket near, int port) {
    Socket far = new Socket();
    try {
      Cable cable =
          new Cable(names.getOrDefault(Sockets.owner(near.getPort(), names.keySet()), "?"), node);
      awaitWhole(cable);
      socketed.open.add(far);
      near.setTcpNoDelay(true);
      far.setTcpNoDelay(true);
      far.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      Thread back = Thread.ofVirtual().start(() -> carry(cable, far, near));
      carry(cable, near, far);
      back.join();
    } catch (IOException e) {
      // one of them is gone
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      quietly(near);
      quietly(far);
      socketed.open.remove(near);
      socketed.open.remove(far);
    }
  }

  private void carry(Cable cable, Socket from, Socket to) {
    byte[] buffer = new byte[1 << 16];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        awaitWhole(cable);
        out.write(buffer, 0, read);
      }
    } catch (IOException e) {
      // one of them is gone
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      // no half-open connections: whoever loses one end loses the other
      quietly(from);
      quietly(to);
    }
  }

  private static void quietly(Closeable closeable) {
    try {
      closeable.close();
    } catch (IOException e) {
      // closed is closed
    }
  }

  @Override
  public void close() {
    plugged.values().forEach(Socketed::close);
    synchronized (this) {
      cut.clear();
      notifyAll();
    }
  }
}
