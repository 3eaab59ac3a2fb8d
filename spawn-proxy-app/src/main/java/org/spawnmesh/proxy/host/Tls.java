package org.spawnmesh.proxy.host;

import io.netty.channel.Channel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;

/**
 * How connections to hosts are encrypted, if at all. The host's certificate must be of the name or
 * address that is called. A bundle that is reloaded counts for new connections. Thread-safe.
 */
final class Tls {

  /** Plain HTTP. */
  static final Tls NONE = new Tls(() -> null);

  private final Supplier<@Nullable SslContext> context;

  private Tls(Supplier<@Nullable SslContext> context) {
    this.context = context;
  }

  /**
   * @throws org.springframework.boot.ssl.NoSuchSslBundleException if there is none of this name
   * @throws IllegalStateException if its keys cannot be used
   */
  static Tls of(SslBundles bundles, String name) {
    AtomicReference<SslContext> current = new AtomicReference<>(context(bundles.getBundle(name)));
    bundles.addBundleUpdateHandler(name, bundle -> current.set(context(bundle)));
    return new Tls(current::get);
  }

  private static SslContext context(SslBundle bundle) {
    String[] ciphers = bundle.getOptions().getCiphers();
    try {
      return SslContextBuilder.forClient()
          .keyManager(bundle.getManagers().getKeyManagerFactory())
          .trustManager(bundle.getManagers().getTrustManagerFactory())
          .ciphers(ciphers == null ? null : List.of(ciphers))
          .protocols(bundle.getOptions().getEnabledProtocols())
          .endpointIdentificationAlgorithm("HTTPS")
          .build();
    } catch (SSLException e) {
      throw new IllegalStateException("The SSL bundle of spawn.proxy.host cannot be used", e);
    }
  }

  void addTo(Channel channel, HostAddress address) {
    SslContext tls = context.get();
    if (tls != null) {
      channel.pipeline().addLast(tls.newHandler(channel.alloc(), address.host(), address.port()));
    }
  }

  /** Succeeds when requests can be sent. */
  static Future<Channel> secured(Channel channel) {
    SslHandler handler = channel.pipeline().get(SslHandler.class);
    return handler == null
        ? channel.eventLoop().newSucceededFuture(channel)
        : handler.handshakeFuture();
  }

  /**
   * Could something have left that its promise does not know of? A long request leaves in several
   * records, and only the last tells.
   */
  static boolean mayHaveSent(Channel channel) {
    return channel.pipeline().get(SslHandler.class) != null;
  }
}
