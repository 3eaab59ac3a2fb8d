package org.spawnmesh.transport.grpc;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ClientStreamTracer;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.util.collection.LongObjectHashMap;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.time.Timers.Timer;
import org.spawnmesh.transport.grpc.wire.Frame;
import org.spawnmesh.transport.grpc.wire.Frames;
import org.spawnmesh.transport.grpc.wire.MeshGrpc;
import org.spawnmesh.transport.grpc.wire.Replies;
import org.spawnmesh.transport.grpc.wire.Reply;

/**
 * One attempt to reach a peer, and if it was accepted, the stream that came of it. Used once: after
 * it ended there is another. Each has a channel of its own, so that the address is looked up anew,
 * and nothing but the link decides when to try again.
 *
 * <p>Confined to the link's event loop. gRPC calls back on it, except where there is no stream yet.
 */
final class Connection extends ClientCall.Listener<Replies> {

  /** Whose connection it is; called on the event loop. */
  interface Owner {

    /** The peer is who it should be; from now on {@link #write} may be called. */
    void accepted(Connection connection);

    /** There is something to do: more can be written, or replies have come. */
    void moved(Connection connection);

    /** Told once, and nothing after it; also of what was never accepted. */
    void ended(Connection connection, Status end);
  }

  /** Where and how to connect. */
  record Target(
      InetSocketAddress address, @Nullable SslContext tls, @Nullable String certificateName) {}

  private final Owner owner;
  private final Hello hello;
  private final Loop loop;
  private final GrpcTransportSettings settings;
  private final ManagedChannel channel;
  private final ClientCall<Frames, Replies> call;
  private final LongObjectHashMap<Outgoing> sent = new LongObjectHashMap<>();

  private long calls;
  private int most = Integer.MAX_VALUE;
  private Timer timer;
  private boolean finished;
  private boolean ended;

  /** When bytes of a reply were last received; written and read on the event loop. */
  private volatile long heardAt;

  Connection(Target target, Hello hello, Loop loop, GrpcTransportSettings settings, Owner owner) {
    this.owner = owner;
    this.loop = loop;
    this.settings = settings;
    var builder =
        NettyChannelBuilder.forAddress(target.address().getHostString(), target.address().getPort())
            .eventLoopGroup(loop.thread())
            .channelType(NioSocketChannel.class)
            .withOption(
                ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) settings.connectTimeout().toMillis())
            .directExecutor()
            .proxyDetector(address -> null) // nodes reach each other, whatever the machine's proxy
            .disableRetry()
            .disableServiceConfigLookUp()
            .maxInboundMessageSize(settings.largestBatch());
    if (target.tls() == null) {
      builder.usePlaintext();
    } else {
      builder.sslContext(target.tls());
      if (target.certificateName() != null) {
        builder.overrideAuthority(target.certificateName());
      }
    }
    channel = builder.build();
    call =
        channel.newCall(
            MeshGrpc.getLinkMethod(), CallOptions.DEFAULT.withStreamTracerFactory(new Hearing()));
    this.hello = hello;
    timer =
        loop.in(
            settings.connectTimeout(),
            () ->
                end(
                    Status.DEADLINE_EXCEEDED.withDescription(
                        "no greeting within " + settings.connectTimeout())));
  }

  /** Begins; the owner may be told of its end before this returns. */
  void start() {
    call.start(this, hello.print());
    call.request(1);
  }

  // ---- what gRPC tells ----

  @Override
  public void onHeaders(Metadata headers) {
    loop.run(() -> accepted(headers));
  }

  @Override
  public void onMessage(Replies replies) {
    loop.run(() -> replied(replies));
  }

  @Override
  public void onReady() {
    loop.run(
        () -> {
          if (!ended) {
            owner.moved(this);
          }
        });
  }

  @Override
  public void onClose(Status status, Metadata trailers) {
    loop.run(() -> end(status));
  }

  private void accepted(Metadata headers) {
    if (ended) {
      return;
    }
    try {
      most = Hello.frameBytes(headers);
    } catch (IllegalArgumentException e) {
      end(Status.INTERNAL.withDescription(e.getMessage()));
      return;
    }
    timer.cancel();
    heardAt = loop.now();
    watch();
    owner.accepted(this);
  }

  private void replied(Replies replies) {
    if (ended) {
      return;
    }
    heardAt = loop.now();
    for (Reply reply : replies.getRepliesList()) {
      Outgoing asked = sent.remove(reply.getCall());
      if (asked != null) {
        asked.replied(reply);
      }
    }
    call.request(1);
    owner.moved(this);
  }

  // ---- what the link does ----

  /** Writes from the begin of {@code waiting} as long as the stream takes it without buffering. */
  void write(Deque<Outgoing> waiting) {
    while (!waiting.isEmpty() && !ended && call.isReady()) {
      Frames batch = batch(waiting);
      if (batch.getFramesCount() > 0) {
        call.sendMessage(batch);
      }
    }
  }

  private Frames batch(Deque<Outgoing> waiting) {
    var batch = Frames.newBuilder();
    long now = loop.now();
    int room = settings.batchBytes();
    for (Outgoing next = waiting.peek();
        next != null && (batch.getFramesCount() == 0 || next.size() <= room);
        next = waiting.peek()) {
      waiting.remove();
      long number = ++calls;
      Frame frame = next.frame(number, now, most);
      if (frame != null) {
        batch.addFrames(frame);
        room -= next.size();
        if (next.isAsking()) {
          sent.put(number, next);
        }
      }
    }
    return batch.build();
  }

  /** Is everything answered that was sent? */
  boolean isQuiet() {
    return sent.isEmpty();
  }

  /** Says that nothing more will be sent; the peer then ends the stream. */
  void finish() {
    if (!finished && !ended) {
      finished = true;
      call.halfClose();
    }
  }

  /** What was sent and not answered; it is not kept here. */
  List<Outgoing> takeUnanswered() {
    List<Outgoing> unanswered = new ArrayList<>(sent.values());
    sent.clear();
    return unanswered;
  }

  /** Ends it here and now. */
  void cut() {
    end(Status.CANCELLED);
  }

  private void end(Status status) {
    if (ended) {
      return;
    }
    ended = true;
    timer.cancel();
    call.cancel("the connection is over", null);
    channel.shutdownNow();
    owner.ended(this, status);
  }

  // ---- silence ----

  private Duration silence() {
    return settings.beat().plus(settings.patience());
  }

  private void watch() {
    long due = heardAt + silence().toNanos();
    Duration delay = Duration.ofNanos(Math.max(0, due - loop.now()));
    timer = loop.in(delay, () -> look(due));
  }

  private void look(long due) {
    if (ended) {
      return;
    }
    long now = loop.now();
    if (now - heardAt < silence().toNanos()) {
      watch();
    } else if (now - due > settings.patience().toNanos()) {
      // it was this process that stood still; what the peer said may wait in the socket
      long again = now + settings.patience().toNanos();
      timer = loop.in(settings.patience(), () -> look(again));
    } else {
      end(Status.DEADLINE_EXCEEDED.withDescription("nothing was heard for " + silence()));
    }
  }

  /** Hears every piece of a reply, so that a large one on a slow line is no silence. */
  private final class Hearing extends ClientStreamTracer.Factory {

    @Override
    public ClientStreamTracer newClientStreamTracer(
        ClientStreamTracer.StreamInfo info, Metadata headers) {
      return new ClientStreamTracer() {
        @Override
        public void inboundWireSize(long bytes) {
          heardAt = loop.now();
        }
      };
    }
  }
}
