package org.spawnmesh.transport.grpc;

import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.spawnmesh.cluster.Member;
import org.spawnmesh.cluster.PeerTransport;
import org.spawnmesh.store.Incarnation;
import org.spawnmesh.time.Timers;
import org.spawnmesh.transport.grpc.wire.Frames;
import org.spawnmesh.transport.grpc.wire.MeshGrpc;
import org.spawnmesh.transport.grpc.wire.Replies;

/**
 * {@link PeerTransport} over gRPC. For each peer that it sends to, a node has one stream: what it
 * asks goes out on it, many at once, and the answers come back on it.
 *
 * <p>Thread-safe. {@link #start} and {@link #close} may block, nothing else does. Stages that its
 * links return are completed on an event loop, and the inbox is called there: continuations must
 * not block. What is invoked on one link from one thread arrives in that order.
 */
public final class GrpcTransport implements PeerTransport {

  private static final Logger log = LoggerFactory.getLogger(GrpcTransport.class);

  /** A stream that is open, by who opened it and for which of its links. */
  private record Opened(Incarnation from, long link) {}

  private record Running(Inbox inbox, EventLoopGroup loops, Server server) {}

  private final ListenAddress listen;
  private final GrpcTransportSettings settings;
  private final @Nullable SslContext clientTls;
  private final @Nullable SslContext serverTls;
  private final @Nullable String certificateName;
  private final Timers timers;
  private final RandomGenerator random;
  private final ThreadFactory threads;

  private final Map<Opened, InboundStream> inbound = new ConcurrentHashMap<>();
  private final AtomicLong linkNumbers = new AtomicLong();

  /** Guards the links and the changes of what follows. */
  private final ReentrantLock lock = new ReentrantLock();

  private final Map<Incarnation, GrpcLink> links = new ConcurrentHashMap<>();
  private volatile @Nullable Running running;
  private volatile @Nullable Incarnation self;
  private volatile boolean closed;

  /**
   * @param tls null for connections that anybody can read and make: for a network of its own only
   * @param timers where deadlines are counted
   * @param random spreads attempts to connect; thread-safe
   * @param threads makes the event loops' threads
   * @throws IllegalArgumentException if the keys or certificates cannot be used
   */
  public GrpcTransport(
      ListenAddress listen,
      GrpcTransportSettings settings,
      @Nullable MutualTls tls,
      Timers timers,
      RandomGenerator random,
      ThreadFactory threads) {
    this.listen = listen;
    this.settings = settings;
    this.clientTls = tls == null ? null : tls.forClient();
    this.serverTls = tls == null ? null : tls.forServer();
    this.certificateName = tls == null ? null : tls.peerName();
    this.timers = timers;
    this.random = random;
    this.threads = threads;
  }

  /**
   * {@inheritDoc}
   *
   * @throws UncheckedIOException if it cannot listen there, for example because somebody else does
   */
  @Override
  public String start(Inbox inbox) {
    lock.lock();
    try {
      if (running != null || closed) {
        throw new IllegalStateException("A transport is started once");
      }
      EventLoopGroup loops =
          new MultiThreadIoEventLoopGroup(
              settings.eventLoops(), threads, NioIoHandler.newFactory());
      var builder =
          NettyServerBuilder.forAddress(listen.socket())
              .bossEventLoopGroup(loops)
              .workerEventLoopGroup(loops)
              .channelType(NioServerSocketChannel.class)
              .directExecutor()
              .maxInboundMessageSize(settings.largestBatch())
              .keepAliveTime(settings.beat().toMillis(), TimeUnit.MILLISECONDS)
              .keepAliveTimeout(settings.patience().toMillis(), TimeUnit.MILLISECONDS)
              .addService(service((call, headers) -> open(inbox, loops, call, headers)));
      if (serverTls != null) {
        builder.sslContext(serverTls);
      }
      Server server;
      try {
        server = builder.build().start();
      } catch (IOException e) {
        loops.shutdownGracefully(0, 0, TimeUnit.SECONDS);
        throw new UncheckedIOException(
            "Cannot listen for peers on %s:%d: %s"
                .formatted(
                    listen.host(),
                    listen.port(),
                    e.getCause() == null ? e.getMessage() : e.getCause().getMessage()),
            e);
      }
      running = new Running(inbox, loops, server);
      return listen.reachedAt(server.getPort());
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void identify(Incarnation next) {
    lock.lock();
    try {
      if (next.equals(self)) {
        return;
      }
      self = next;
      inbound.values().forEach(stream -> stream.end(otherLife(next)));
      links.values().forEach(GrpcLink::abort);
      links.clear();
    } finally {
      lock.unlock();
    }
  }

  private static Status otherLife(@Nullable Incarnation here) {
    return Ends.OTHER_LIFE.withDescription(
        here == null ? "nobody lives here yet" : "who lives here is " + here);
  }

  /**
   * {@inheritDoc}
   *
   * <p>The same link until it is closed.
   *
   * @throws IllegalStateException before {@link #identify} and after {@link #close}
   * @throws IllegalArgumentException if the member's address is not {@code host:port}
   */
  @Override
  public Link link(Member to) {
    GrpcLink known = links.get(to.incarnation());
    if (known != null) {
      return known;
    }
    lock.lock();
    try {
      Running now = running;
      Incarnation from = self;
      if (now == null || from == null || closed) {
        throw new IllegalStateException(
            "Cannot link to %s: this node %s"
                .formatted(
                    to, closed ? "is closed" : now == null ? "is not started" : "has no identity"));
      }
      return links.computeIfAbsent(to.incarnation(), incarnation -> newLink(now, from, to));
    } finally {
      lock.unlock();
    }
  }

  private GrpcLink newLink(Running now, Incarnation from, Member to) {
    var link =
        new GrpcLink(
            to,
            new Hello(
                Hello.VERSION,
                from,
                to.incarnation(),
                linkNumbers.incrementAndGet(),
                settings.frameBytes(),
                settings.beat()),
            new Connection.Target(ListenAddress.parse(to.address()), clientTls, certificateName),
            settings,
            now.inbox(),
            new Loop(now.loops().next(), timers),
            random);
    link.closed().thenRun(() -> links.remove(to.incarnation(), link));
    return link;
  }

  // ---- peers ----

  private static ServerServiceDefinition service(ServerCallHandler<Frames, Replies> handler) {
    return ServerServiceDefinition.builder(MeshGrpc.getServiceDescriptor())
        .addMethod(MeshGrpc.getLinkMethod(), handler)
        .build();
  }

  private ServerCall.Listener<Frames> open(
      Inbox inbox, EventLoopGroup loops, ServerCall<Frames, Replies> call, Metadata headers) {
    Hello hello;
    try {
      hello = Hello.parse(headers);
    } catch (IllegalArgumentException e) {
      return refuse(call, Ends.NO_HELLO.withDescription(e.getMessage()));
    }
    if (hello.version() != Hello.VERSION) {
      return refuse(
          call,
          Ends.OTHER_VERSION.withDescription(
              "%s speaks version %d of the protocol, this node %d"
                  .formatted(hello.from(), hello.version(), Hello.VERSION)));
    }
    var key = new Opened(hello.from(), hello.link());
    var stream = new InboundStream[1];
    stream[0] =
        new InboundStream(
            call,
            hello,
            inbox,
            settings,
            new Loop(current(loops), timers),
            () -> inbound.remove(key, stream[0]));
    // entered before it is checked: a new identity either is seen here, or ends this stream
    InboundStream older = inbound.put(key, stream[0]);
    if (closed || !hello.to().equals(self)) {
      if (older != null) {
        older.end(otherLife(self));
      }
      stream[0].end(closed ? CLOSING : otherLife(self));
    } else if (older != null) {
      older.giveWayTo(stream[0]);
    } else {
      stream[0].accept();
    }
    return stream[0];
  }

  private static final Status CLOSING =
      Status.UNAVAILABLE.withDescription("the node is being closed");

  private static ServerCall.Listener<Frames> refuse(
      ServerCall<Frames, Replies> call, Status status) {
    log.warn("Refused a stream: {}", status.getDescription());
    call.close(status, new Metadata());
    return new ServerCall.Listener<>() {};
  }

  /** The event loop that this is called on. */
  private static EventLoop current(EventLoopGroup loops) {
    for (EventExecutor loop : loops) {
      if (loop.inEventLoop()) {
        return (EventLoop) loop;
      }
    }
    throw new IllegalStateException("Not on an event loop: " + Thread.currentThread());
  }

  // ---- the end ----

  /**
   * {@inheritDoc}
   *
   * <p>Also waits for the answers to what was sent; all together no longer than the settings' close
   * timeout, and then a little for the threads to end.
   */
  @Override
  public void close() {
    Running last;
    lock.lock();
    try {
      last = running;
      if (closed || last == null) {
        closed = true;
        return;
      }
      closed = true;
    } finally {
      lock.unlock();
    }
    long end = System.nanoTime() + settings.closeTimeout().toNanos();
    List<GrpcLink> all = List.copyOf(links.values());
    last.server().shutdown();
    inbound.values().forEach(stream -> stream.end(CLOSING));
    all.forEach(GrpcLink::close);
    var linksClosed =
        CompletableFuture.allOf(
            all.stream()
                .map(link -> link.closed().toCompletableFuture())
                .toArray(CompletableFuture[]::new));
    boolean interrupted = false;
    try {
      await(linksClosed, end);
      last.server().awaitTermination(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      interrupted = true; // then at once
    }
    all.forEach(GrpcLink::abort);
    last.server().shutdownNow();
    // after all that was handed to the event loops before; they run what they have, then end
    last.loops().shutdownGracefully(0, settings.closeTimeout().toMillis(), TimeUnit.MILLISECONDS);
    if (!last.loops()
        .terminationFuture()
        .awaitUninterruptibly(settings.closeTimeout().toMillis(), TimeUnit.MILLISECONDS)) {
      log.warn("The event loops of the connections to peers did not end in time");
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static void await(CompletableFuture<Void> closed, long end) throws InterruptedException {
    try {
      closed.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      log.debug("Not all was answered in time; the links are cut");
    } catch (ExecutionException e) {
      throw new IllegalStateException("A link ended badly", e);
    }
  }
}
