package org.spawnmesh.proxy.host;

import com.google.protobuf.CodedOutputStream;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelProgressiveFuture;
import io.netty.channel.ChannelProgressiveFutureListener;
import io.netty.channel.ChannelProgressivePromise;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.Execution;
import org.spawnmesh.protocol.ActorInvocation;
import org.spawnmesh.proxy.host.Outcome.Answered;
import org.spawnmesh.proxy.host.Outcome.Garbled;
import org.spawnmesh.proxy.host.Outcome.Late;
import org.spawnmesh.proxy.host.Outcome.Lost;
import org.spawnmesh.proxy.host.Outcome.NoRoom;
import org.spawnmesh.proxy.host.Outcome.Stale;
import org.spawnmesh.proxy.host.Outcome.Withdrawn;
import org.spawnmesh.proxy.wire.Printable;
import org.spawnmesh.proxy.wire.TraceHeaders;

/**
 * A connection to a host: one exchange at a time.
 *
 * <pre>
 * Idle ──send──► Asking ──whole answer, nothing behind it──► Idle
 *   │               └──anything else──► Closed      ▲
 *   └── a byte nobody asked for, or closed ─────────┘
 * </pre>
 *
 * <p>The protocol does not say which request an answer belongs to. So an answer is taken when all
 * that came with it has been read: a host that answers twice must not have its second answer taken
 * for the next one's. And none is taken that begins before the whole request was sent. All methods
 * that may not be called by any thread belong to the channel's event loop.
 */
final class Connection extends ChannelInboundHandlerAdapter {

  private final Connections connections;
  private final Channel channel;
  private final ResponseDecoder decoder;

  /** Written by the event loop alone. */
  private volatile @Nullable Exchange current;

  private @Nullable ChannelProgressivePromise writing;
  private @Nullable AnswerInParts answer;

  /** When it became idle; for whoever takes it next. */
  volatile long idleSince;

  Connection(Connections connections, Channel channel, ResponseDecoder decoder) {
    this.connections = connections;
    this.channel = channel;
    this.decoder = decoder;
  }

  /** Sends it when it is this connection's turn, which is at once. Any thread. */
  void submit(Exchange exchange) {
    channel.eventLoop().execute(() -> send(exchange));
  }

  /** Nobody waits for this answer any more, and no other may be asked for before it. Any thread. */
  void abandon(Exchange exchange) {
    try {
      channel
          .eventLoop()
          .execute(
              () -> {
                if (current == exchange) {
                  fail(new Late());
                }
              });
    } catch (RejectedExecutionException e) {
      // the proxy stops, and has closed this connection
    }
  }

  /** Any thread. */
  void close() {
    channel.close();
  }

  /** Any thread. */
  boolean isAsking() {
    return current != null;
  }

  boolean isOpen() {
    return channel.isActive();
  }

  void send(Exchange exchange) {
    if (!channel.isActive()) {
      exchange.complete(new Stale("the host had closed the connection"));
      return;
    }
    if (!exchange.claim(this)) {
      connections.giveBack(this);
      return;
    }
    ByteBuf request;
    try {
      request = encode(exchange.request);
    } catch (IOException | RuntimeException | OutOfMemoryError e) {
      connections.giveBack(this);
      exchange.complete(new Withdrawn("it could not be encoded: " + e));
      return;
    }
    current = exchange;
    ChannelProgressivePromise promise = channel.newProgressivePromise();
    writing = promise;
    promise.addListener(new Progress());
    channel.writeAndFlush(request, promise);
  }

  /** Head and body in one piece: one host takes every piece that it reads for a whole message. */
  private ByteBuf encode(ActorInvocation request) throws IOException {
    int size = request.getSerializedSize();
    String trace = TraceHeaders.lines(request.getCurrentContext().getMetadataMap());
    ByteBuf buffer =
        channel.alloc().directBuffer(connections.head.maxSize() + trace.length() + size);
    try {
      connections.head.writeTo(buffer, size, trace);
      int start = buffer.writerIndex();
      CodedOutputStream body = CodedOutputStream.newInstance(buffer.nioBuffer(start, size));
      request.writeTo(body);
      body.flush();
      body.checkNoSpaceLeft();
      buffer.writerIndex(start + size);
      return buffer;
    } catch (IOException | RuntimeException | Error e) {
      buffer.release();
      throw e;
    }
  }

  /** Tells a request of which nothing has left from one that may have arrived. */
  private final class Progress implements ChannelProgressiveFutureListener {

    private long sent;

    @Override
    public void operationProgressed(ChannelProgressiveFuture future, long progress, long total) {
      sent = progress;
    }

    @Override
    public void operationComplete(ChannelProgressiveFuture future) {
      Throwable cause = future.cause();
      if (cause != null) {
        String why = "the connection broke: " + Causes.words(cause);
        fail(sent == 0 && !Tls.mayHaveSent(channel) ? new Stale(why) : new Lost(why));
      }
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    try {
      Exchange exchange = current;
      if (exchange == null) {
        channel.close();
      } else if (((HttpObject) message).decoderResult().isFailure()) {
        fail(
            new Garbled(
                "what is no HTTP: "
                    + Printable.of(Causes.words(((HttpObject) message).decoderResult().cause())),
                Execution.UNKNOWN));
      } else {
        read(message, exchange);
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private void read(Object message, Exchange exchange) {
    if (message instanceof HttpResponse head && !isInterim(head)) {
      if (answer != null) {
        answer.more = true;
        return;
      }
      Garbled refusal = refusal(head);
      if (refusal != null) {
        fail(refusal);
        return;
      }
      answer = new AnswerInParts(head);
    }
    AnswerInParts parts = answer;
    if (message instanceof HttpContent content && parts != null && !parts.more) {
      if (parts.size() + content.content().readableBytes() > connections.replyLimit) {
        fail(tooLong("more than " + parts.size() + " bytes"));
        return;
      }
      if (!parts.add(content.content(), exchange.share)) {
        fail(new NoRoom());
        return;
      }
      parts.complete |= content instanceof LastHttpContent;
    }
  }

  /** Why it cannot be the answer, or null; failures need not be whole, nor quite the host's own. */
  private @Nullable Garbled refusal(HttpResponse head) {
    long length = HttpUtil.getContentLength(head, -1L);
    if (length > connections.replyLimit) {
      return tooLong("a reply of " + length + " bytes");
    }
    if (head.status().codeClass() != HttpStatusClass.SUCCESS) {
      return null;
    }
    ChannelProgressivePromise request = writing;
    if (request == null || !request.isSuccess()) {
      return new Garbled("what came before the whole request was sent", Execution.UNKNOWN);
    }
    if (length < 0 && !HttpUtil.isTransferEncodingChunked(head) && head.status().code() != 204) {
      return new Garbled(
          "a reply that does not say how long it is, by Content-Length or in chunks: it may be cut off",
          Execution.UNKNOWN);
    }
    return null;
  }

  private Garbled tooLong(String what) {
    return new Garbled(what + "; the limit is " + connections.replyLimit, Execution.EXECUTED);
  }

  private static boolean isInterim(HttpResponse head) {
    return head.status().codeClass() == HttpStatusClass.INFORMATIONAL
        && head.status().code() != 101;
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    finishIfComplete();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    finishIfComplete();
    if (current == null) {
      connections.forget(this);
    } else {
      fail(new Lost("the host closed the connection"));
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    fail(new Lost("the connection broke: " + Causes.words(cause)));
  }

  private void finishIfComplete() {
    Exchange exchange = current;
    AnswerInParts parts = answer;
    if (exchange == null || parts == null || !parts.complete) {
      return;
    }
    ChannelProgressivePromise request = writing;
    boolean reusable =
        parts.keepAlive
            && !parts.more
            && decoder.isDry()
            && request != null
            && request.isSuccess()
            && channel.isActive();
    current = null;
    writing = null;
    answer = null;
    if (reusable) {
      connections.giveBack(this);
    } else {
      channel.close();
    }
    exchange.complete(new Answered(parts.reply()));
  }

  private void fail(Outcome outcome) {
    Exchange exchange = current;
    current = null;
    writing = null;
    answer = null;
    channel.close();
    if (exchange != null) {
      exchange.complete(outcome);
    }
  }
}
