package org.spawnmesh.transport.grpc;

import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * How nodes prove to each other that they belong to the mesh: both sides of every connection show a
 * certificate, and each checks the other's. Immutable.
 *
 * @param keys this node's own certificate and key
 * @param trust whose certificates are taken; a certificate authority of the mesh alone, because
 *     whoever has a certificate of it may do everything
 * @param peerName the name that every node's certificate bears, for nodes whose addresses are not
 *     in their certificates; null if the certificate of a node names the host it is reached at
 */
public record MutualTls(
    KeyManagerFactory keys, TrustManagerFactory trust, @Nullable String peerName) {

  SslContext forServer() {
    return build(SslContextBuilder.forServer(keys).clientAuth(ClientAuth.REQUIRE));
  }

  SslContext forClient() {
    return build(SslContextBuilder.forClient().keyManager(keys));
  }

  private SslContext build(SslContextBuilder builder) {
    try {
      return GrpcSslContexts.configure(builder.trustManager(trust), SslProvider.JDK).build();
    } catch (SSLException e) {
      throw new IllegalArgumentException(
          "The keys or certificates for the connections between nodes cannot be used: "
              + e.getMessage(),
          e);
    }
  }
}
