package org.spawnmesh.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.spawnmesh.proxy.Certificates.PASSWORD;
import static org.spawnmesh.proxy.RunningProxy.actor;

import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.spawnmesh.protocol.InvocationResponse;
import org.spawnmesh.protocol.Status;
import org.spawnmesh.protocol.actors.Kind;

/** The way from the proxy to its hosts, when it leads over a network. */
class HostTlsTest {

  @TempDir Path directory;

  @Test
  void proxyAndHostProveToEachOtherWhoTheyAre() throws Exception {
    Certificates certificates = new Certificates(directory);
    Path hosts = certificates.keyStore("host", "localhost");
    Path proxys = certificates.keyStore("proxy", "proxy");
    Path trustedByHost = certificates.trust(proxys, "proxy");
    Path trustedByProxy = certificates.trust(hosts, "host");
    try (TestHost host = secured(hosts, trustedByHost);
        RunningProxy proxy =
            RunningProxy.start(directory, host, bundle(proxys, trustedByProxy, "token=s3cret"))) {
      proxy.register(actor(Kind.NAMED, "joe", "count"));

      assertThat(proxy.count("joe")).isEqualTo(1);
      assertThat(proxy.count("joe")).isEqualTo(2);
      assertThat(host.headersOfLastCall()).containsEntry("authorization", "Bearer s3cret");
    }
  }

  @Test
  void aHostThatCannotProveItIsNotAsked() throws Exception {
    Certificates certificates = new Certificates(directory);
    Path hosts = certificates.keyStore("host", "localhost");
    Path proxys = certificates.keyStore("proxy", "proxy");
    Path trustedByHost = certificates.trust(proxys, "proxy");
    // the proxy trusts nobody but itself
    try (TestHost host = secured(hosts, trustedByHost);
        RunningProxy proxy =
            RunningProxy.start(directory, host, bundle(proxys, trustedByHost, "timeout=1s"))) {
      proxy.register(actor(Kind.NAMED, "joe", "count"));

      InvocationResponse refused = proxy.invoke("joe", "count");

      assertThat(refused.getStatus().getStatus()).isEqualTo(Status.ERROR);
      assertThat(refused.getStatus().getMessage())
          .startsWith("SP2006")
          .contains("did not take effect");
      assertThat(host.calls()).isEmpty();
    }
  }

  @Test
  void aProxyWithoutACertificateIsNotServed() throws Exception {
    Certificates certificates = new Certificates(directory);
    Path hosts = certificates.keyStore("host", "localhost");
    Path proxys = certificates.keyStore("proxy", "proxy");
    Path trustedByProxy = certificates.trust(hosts, "host");
    // the host trusts nobody but itself
    try (TestHost host = secured(hosts, trustedByProxy);
        RunningProxy proxy =
            RunningProxy.start(directory, host, bundle(proxys, trustedByProxy, "timeout=1s"))) {
      proxy.register(actor(Kind.NAMED, "joe", "count"));

      InvocationResponse refused = proxy.invoke("joe", "count");

      assertThat(refused.getStatus().getStatus()).isEqualTo(Status.ERROR);
      assertThat(refused.getStatus().getMessage()).startsWith("SP2006");
      assertThat(host.calls()).isEmpty();
    }
  }

  private static String[] bundle(Path keys, Path trusted, String more) {
    List<String> all = new ArrayList<>(Certificates.bundle("hosts", keys, trusted));
    all.add("spawn.proxy.host.ssl-bundle=hosts");
    all.add("spawn.proxy.host." + more);
    return all.toArray(String[]::new);
  }

  private static TestHost secured(Path keys, Path trusted) throws Exception {
    KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    own.init(load(keys), PASSWORD.toCharArray());
    TrustManagerFactory others =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    others.init(load(trusted));
    SslContext tls =
        SslContextBuilder.forServer(own)
            .trustManager(others)
            .clientAuth(ClientAuth.REQUIRE)
            .build();
    return TestHost.start(0, server -> server.secure(spec -> spec.sslContext(tls)));
  }

  private static KeyStore load(Path file) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      store.load(in, PASSWORD.toCharArray());
    }
    return store;
  }
}
