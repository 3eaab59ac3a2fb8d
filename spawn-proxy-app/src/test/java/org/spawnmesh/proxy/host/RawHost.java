package org.spawnmesh.proxy.host;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.protocol.ActorInvocation;
import org.spawnmesh.protocol.ActorInvocationResponse;
import org.spawnmesh.protocol.Context;

/** A host at the level of its sockets: it says exactly the bytes that a test wants said. */
public final class RawHost implements AutoCloseable {

  /** Serves one connection; the connection is closed when it returns. */
  @FunctionalInterface
  public interface Script {

    void serve(Peer peer) throws IOException, InterruptedException;
  }

  /** A request as it came. */
  public record Request(String line, Map<String, String> headers, byte[] body, int connection) {

    ActorInvocation invocation() throws IOException {
      return ActorInvocation.parseFrom(body);
    }
  }

  public final BlockingQueue<Request> requests = new LinkedBlockingQueue<>();
  final AtomicInteger accepted = new AtomicInteger();

  private final Script script;
  private final int port;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private @Nullable ServerSocket server;
  private @Nullable Thread acceptor;

  public RawHost(Script script) throws IOException {
    this.script = script;
    this.port = listenSomewhere();
  }

  /** Answers every request alike and keeps the connection. */
  static RawHost answering(byte[] response) throws IOException {
    return new RawHost(
        peer -> {
          while (peer.next() != null) {
            peer.write(response);
          }
        });
  }

  public HostAddress address() {
    return new HostAddress("127.0.0.1", port);
  }

  /**
   * Below the ports that the system gives to clients: a client that looks for a host there while
   * nobody listens may be given that very port and meet itself.
   */
  private int listenSomewhere() throws IOException {
    while (true) {
      try {
        return listen(ThreadLocalRandom.current().nextInt(12_000, 32_000));
      } catch (BindException taken) {
        // the next one
      }
    }
  }

  private int listen(int wanted) throws IOException {
    ServerSocket fresh = new ServerSocket();
    try {
      fresh.setReuseAddress(true);
      fresh.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), wanted), 256);
    } catch (IOException e) {
      fresh.close();
      throw e;
    }
    server = fresh;
    acceptor = Thread.ofVirtual().start(() -> accept(fresh));
    return fresh.getLocalPort();
  }

  private void accept(ServerSocket from) {
    try {
      while (true) {
        Socket socket = from.accept();
        sockets.add(socket);
        if (from.isClosed()) {
          socket.close(); // killed meanwhile
          continue;
        }
        int number = accepted.incrementAndGet();
        Thread.ofVirtual().start(() -> serve(socket, number));
      }
    } catch (IOException closed) {
      // the end
    }
  }

  private void serve(Socket socket, int number) {
    try (socket) {
      script.serve(new Peer(socket, number));
    } catch (IOException | InterruptedException over) {
      // the proxy went away
    } finally {
      sockets.remove(socket);
    }
  }

  /** As when the process is killed: nobody listens, connections break. */
  void kill() throws IOException {
    ServerSocket dying = server;
    Thread accepting = acceptor;
    if (dying != null && accepting != null) {
      dying.close();
      end(accepting); // only then the port is free
    }
    for (Socket socket : sockets) {
      try (socket) {
        socket.setSoLinger(true, 0);
      } catch (SocketException alreadyClosed) {
        // by its script, just now
      }
    }
  }

  private static void end(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The system may hold on to the port for a moment after the last listener is gone. */
  void restart() throws IOException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (true) {
      try {
        listen(port);
        return;
      } catch (BindException taken) {
        if (System.nanoTime() - end > 0) {
          throw taken;
        }
        Thread.onSpinWait();
      }
    }
  }

  Request request() throws InterruptedException {
    Request request = requests.poll(10, TimeUnit.SECONDS);
    if (request == null) {
      throw new AssertionError("No request came");
    }
    return request;
  }

  @Override
  public void close() throws IOException {
    kill();
  }

  /** The other end of a connection. */
  public final class Peer {

    final Socket socket;
    final int number;
    private final InputStream in;

    Peer(Socket socket, int number) throws IOException {
      this.socket = socket;
      this.number = number;
      this.in = socket.getInputStream();
    }

    /** Null when the proxy has closed. */
    public @Nullable Request next() throws IOException {
      String line = line();
      if (line == null) {
        return null;
      }
      Map<String, String> headers = new TreeMap<>();
      for (String header = line(); header != null && !header.isEmpty(); header = line()) {
        int colon = header.indexOf(':');
        headers.put(
            header.substring(0, colon).toLowerCase(Locale.ROOT),
            header.substring(colon + 1).strip());
      }
      int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
      byte[] body = in.readNBytes(length);
      if (body.length < length) {
        return null;
      }
      Request request = new Request(line, headers, body, number);
      requests.add(request);
      return request;
    }

    private @Nullable String line() throws IOException {
      ByteArrayOutputStream line = new ByteArrayOutputStream();
      int c;
      while ((c = in.read()) >= 0) {
        if (c == '\n') {
          return line.toString(StandardCharsets.US_ASCII).stripTrailing();
        }
        line.write(c);
      }
      return null;
    }

    public void write(byte[] bytes) throws IOException {
      socket.getOutputStream().write(bytes);
    }

    void write(String text) throws IOException {
      write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Breaks the connection instead of closing it. */
    void reset() throws IOException {
      socket.setSoLinger(true, 0);
      socket.close();
    }

    /** Until the proxy closes. */
    void awaitClose() throws IOException {
      while (in.read() >= 0) {
        // nothing is expected
      }
    }
  }

  // ---- what to say ----

  static ActorInvocationResponse reply() {
    return ActorInvocationResponse.newBuilder()
        .setUpdatedContext(Context.getDefaultInstance())
        .build();
  }

  static byte[] ok(ActorInvocationResponse reply) {
    return http("200 OK", "application/octet-stream", reply.toByteArray());
  }

  static byte[] http(String status, String contentType, byte[] body, String... headers) {
    StringBuilder head = new StringBuilder("HTTP/1.1 " + status + "\r\n");
    head.append("Content-Type: ").append(contentType).append("\r\n");
    head.append("Content-Length: ").append(body.length).append("\r\n");
    for (String header : headers) {
      head.append(header).append("\r\n");
    }
    return join(head.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII), body);
  }

  static byte[] join(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }
}
