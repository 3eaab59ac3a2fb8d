package org.spawnmesh.proxy.ingress;

import io.netty.channel.unix.DomainSocketAddress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import org.spawnmesh.proxy.config.ProxyProperties;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.core.Ordered;

/** Listens on a Unix domain socket in place of a port, if asked to. */
final class UnixSocket
    implements WebServerFactoryCustomizer<NettyReactiveWebServerFactory>, Ordered {

  private final ProxyProperties.Uds uds;

  UnixSocket(ProxyProperties.Uds uds) {
    this.uds = uds;
  }

  @Override
  public void customize(NettyReactiveWebServerFactory factory) {
    if (uds.isEnabled()) {
      Path file = Path.of(uds.getAddress()).toAbsolutePath();
      factory.addServerCustomizers(
          server -> {
            prepare(file);
            return server.bindAddress(() -> new DomainSocketAddress(file.toFile()));
          });
    }
  }

  /** A socket that a killed process has left behind cannot be bound to; nothing else is removed. */
  private static void prepare(Path file) {
    try {
      Files.createDirectories(file.getParent());
      if (Files.exists(file) && !Files.readAttributes(file, BasicFileAttributes.class).isOther()) {
        throw new FileAlreadyExistsException(file.toString(), null, "it is no socket");
      }
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException("The socket " + file + " cannot be made", e);
    }
  }

  @Override
  public int getOrder() {
    return Ordered.LOWEST_PRECEDENCE;
  }
}
