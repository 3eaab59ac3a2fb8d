package org.spawnmesh.proxy.host;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.protocol.ActorInvocation;
import org.spawnmesh.proxy.host.Outcome.Stale;
import org.spawnmesh.proxy.host.Outcome.Unreachable;
import org.spawnmesh.proxy.host.Outcome.Withdrawn;
import org.spawnmesh.proxy.memory.InFlight;
import reactor.netty.resources.LoopResources;

/**
 * The connections to one host, at most so many; who finds none free waits. The connection used last
 * is used first, so that those too many grow old. Thread-safe.
 */
final class Connections implements AutoCloseable {

  private static final String STOPPING = "the proxy stops";

  final RequestHead head;
  final int replyLimit;

  private final HostAddress address;
  private final Consumer<String> unreachable;
  private final Bootstrap bootstrap;
  private final LongSupplier nanoTime;
  private final long maxIdleNanos;
  private final Semaphore free;
  private final ConcurrentLinkedDeque<Connection> idle = new ConcurrentLinkedDeque<>();
  private final Set<Channel> open = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;
  private volatile boolean retired;

  /**
   * @param unreachable is told why a connection could not be made, also if whoever wanted it has
   *     given up meanwhile; must not block
   */
  Connections(
      HostAddress address,
      HostProperties properties,
      LoopResources loops,
      LongSupplier nanoTime,
      Consumer<String> unreachable,
      Tls tls) {
    this.address = address;
    this.unreachable = unreachable;
    this.head = new RequestHead(address, properties.token());
    this.replyLimit = (int) properties.replySize().toBytes();
    this.nanoTime = nanoTime;
    this.maxIdleNanos = properties.idleTimeout().toNanos();
    this.free = new Semaphore(properties.connections());
    EventLoopGroup group = loops.onClient(LoopResources.DEFAULT_NATIVE);
    this.bootstrap =
        new Bootstrap()
            .group(group)
            .channelFactory(() -> loops.onChannel(SocketChannel.class, group))
            .option(ChannelOption.TCP_NODELAY, true)
            .option(
                ChannelOption.CONNECT_TIMEOUT_MILLIS,
                Math.toIntExact(properties.connectTimeout().toMillis()))
            .handler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    tls.addTo(channel, address);
                    ResponseDecoder decoder = new ResponseDecoder();
                    channel
                        .pipeline()
                        .addLast(decoder, new Connection(Connections.this, channel, decoder));
                  }
                });
  }

  /**
   * Sends the request and waits for what becomes of it, until {@code deadline} at the latest.
   * Blocks.
   */
  Outcome ask(ActorInvocation request, InFlight.Share share, long deadline)
      throws InterruptedException {
    if (!free.tryAcquire()
        && !free.tryAcquire(deadline - nanoTime.getAsLong(), TimeUnit.NANOSECONDS)) {
      return new Withdrawn("no connection became free");
    }
    try {
      Exchange exchange = new Exchange(request, share);
      Connection connection = takeIdle();
      try {
        if (connection != null) {
          connection.submit(exchange);
        } else {
          connect(exchange);
        }
      } catch (RejectedExecutionException e) {
        exchange.complete(new Withdrawn(STOPPING));
      }
      return exchange.await(deadline - nanoTime.getAsLong());
    } finally {
      free.release();
    }
  }

  private @Nullable Connection takeIdle() {
    Connection connection;
    while ((connection = idle.pollFirst()) != null) {
      if (nanoTime.getAsLong() - connection.idleSince > maxIdleNanos) {
        // the host may be about to close it; a request that meets that is neither run nor refused
        connection.close();
      } else if (connection.isOpen()) {
        return connection;
      }
    }
    return null;
  }

  private void connect(Exchange exchange) {
    if (closed || bootstrap.config().group().isShuttingDown()) {
      exchange.complete(new Withdrawn(STOPPING));
      return;
    }
    InetSocketAddress target;
    try {
      target = new InetSocketAddress(InetAddress.getByName(address.host()), address.port());
    } catch (UnknownHostException e) {
      unreachable(exchange, "its name is not known");
      return;
    }
    ChannelFuture registering = bootstrap.register();
    registering.addListener(
        done -> {
          if (done.isSuccess()) {
            connect(registering.channel(), target, exchange);
          } else {
            unreachable(exchange, Causes.words(done.cause()));
          }
        });
  }

  /**
   * On the event loop. Who listens to a connection that is open already comes after what the host
   * says at once, and finds the channel closed and emptied; so the listener is there before.
   */
  private void connect(Channel channel, InetSocketAddress target, Exchange exchange) {
    Connection connection = channel.pipeline().get(Connection.class);
    ChannelPromise connecting = channel.newPromise();
    connecting.addListener(
        done -> {
          if (!done.isSuccess()) {
            channel.close();
            unreachable(exchange, Causes.words(done.cause()));
            return;
          }
          if (channel.remoteAddress().equals(channel.localAddress())) {
            channel.close(); // see Probe
            unreachable(exchange, "connection refused");
            return;
          }
          opened(channel);
          // a request counts as sent when its connection takes it, so not before it can be sent
          Tls.secured(channel)
              .addListener(
                  secured -> {
                    if (secured.isSuccess()) {
                      connection.send(exchange);
                    } else {
                      exchange.complete(new Stale("no TLS: " + Causes.words(secured.cause())));
                    }
                  });
        });
    channel.connect(target, connecting);
  }

  private void unreachable(Exchange exchange, String why) {
    unreachable.accept(why);
    exchange.complete(new Unreachable(why));
  }

  private void opened(Channel channel) {
    open.add(channel);
    channel.closeFuture().addListener(done -> open.remove(channel));
    if (closed) {
      channel.close();
    }
  }

  void giveBack(Connection connection) {
    connection.idleSince = nanoTime.getAsLong();
    idle.addFirst(connection);
    if (closed || retired || !connection.isOpen()) {
      idle.remove(connection);
      connection.close();
    }
    Connection oldest = idle.peekLast();
    if (oldest != null
        && connection.idleSince - oldest.idleSince > maxIdleNanos
        && idle.removeLastOccurrence(oldest)) {
      oldest.close();
    }
  }

  /** It is closed and was idle. */
  void forget(Connection connection) {
    idle.remove(connection);
  }

  /** Does an action run at that address? */
  boolean areAsking(InetAddress peer) {
    for (Channel channel : open) {
      Connection connection = channel.pipeline().get(Connection.class);
      if (connection != null
          && connection.isAsking()
          && channel.remoteAddress() instanceof InetSocketAddress remote
          && peer.equals(remote.getAddress())) {
        return true;
      }
    }
    return false;
  }

  /** Keeps no connection from now on; what is under way, and what still comes, is answered. */
  void retire() {
    retired = true;
    Connection connection;
    while ((connection = idle.pollFirst()) != null) {
      connection.close();
    }
  }

  int openCount() {
    return open.size();
  }

  /** What is under way ends as lost. */
  @Override
  public void close() {
    closed = true;
    open.forEach(Channel::close);
  }
}
