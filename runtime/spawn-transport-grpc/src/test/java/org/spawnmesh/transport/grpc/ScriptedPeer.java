package org.spawnmesh.transport.grpc;

import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.spawnmesh.transport.grpc.wire.Frames;
import org.spawnmesh.transport.grpc.wire.MeshGrpc;
import org.spawnmesh.transport.grpc.wire.Replies;
import org.spawnmesh.transport.grpc.wire.Reply;

/** A peer that does nothing but what a test says. */
final class ScriptedPeer implements AutoCloseable {

  static final long PATIENCE_SECONDS = 20;

  private final BlockingQueue<Stream> streams = new LinkedBlockingQueue<>();
  private final Server server;

  ScriptedPeer() throws IOException {
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
            .maxInboundMessageSize(64 << 20)
            .addService(
                ServerServiceDefinition.builder(MeshGrpc.getServiceDescriptor())
                    .addMethod(MeshGrpc.getLinkMethod(), this::open)
                    .build())
            .build()
            .start();
  }

  String address() {
    return "127.0.0.1:" + server.getPort();
  }

  /** The next stream that is opened. */
  Stream stream() throws InterruptedException {
    return Stream.required(streams.poll(PATIENCE_SECONDS, TimeUnit.SECONDS), "stream");
  }

  private ServerCall.Listener<Frames> open(ServerCall<Frames, Replies> call, Metadata headers) {
    var stream = new Stream(call, headers);
    streams.add(stream);
    return stream;
  }

  @Override
  public void close() {
    server.shutdownNow();
  }

  /** A stream as the peer sees it. */
  static final class Stream extends ServerCall.Listener<Frames> {

    final Metadata headers;
    private final ServerCall<Frames, Replies> call;
    private final BlockingQueue<Frames> batches = new LinkedBlockingQueue<>();

    Stream(ServerCall<Frames, Replies> call, Metadata headers) {
      this.call = call;
      this.headers = headers;
    }

    @Override
    public void onMessage(Frames batch) {
      batches.add(batch);
    }

    Stream accept(int frameBytes) {
      call.sendHeaders(Hello.welcome(frameBytes));
      return this;
    }

    void refuse(Status status) {
      call.close(status, new Metadata());
    }

    void reply(Reply.Builder... replies) {
      var batch = Replies.newBuilder();
      for (Reply.Builder reply : replies) {
        batch.addReplies(reply);
      }
      call.sendMessage(batch.build());
    }

    void request() {
      call.request(1);
    }

    Frames batch() throws InterruptedException {
      call.request(1);
      return required(batches.poll(PATIENCE_SECONDS, TimeUnit.SECONDS), "batch");
    }

    boolean hasBatch() {
      return !batches.isEmpty();
    }

    private static <T> T required(T item, String what) {
      if (item == null) {
        throw new AssertionError("No " + what + " came");
      }
      return item;
    }
  }
}
