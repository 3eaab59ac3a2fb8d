package org.spawnmesh.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.spawnmesh.proxy.Certificates.PASSWORD;
import static org.spawnmesh.proxy.RunningProxy.actor;
import static org.spawnmesh.proxy.RunningProxy.request;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.spawnmesh.protocol.InvocationResponse;
import org.spawnmesh.protocol.Status;
import org.spawnmesh.protocol.actors.Kind;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundleRegistry;
import org.springframework.boot.ssl.jks.JksSslStoreBundle;
import org.springframework.boot.ssl.jks.JksSslStoreDetails;

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
  void aHostWithTheCertificateOfAnotherIsNotAsked() throws Exception {
    Certificates certificates = new Certificates(directory);
    Path hosts = certificates.keyStore("host", "localhost", "dns:elsewhere,ip:127.0.0.2");
    Path proxys = certificates.keyStore("proxy", "proxy");
    Path trustedByHost = certificates.trust(proxys, "proxy");
    Path trustedByProxy = certificates.trust(hosts, "host");
    try (TestHost host = secured(hosts, trustedByHost);
        RunningProxy proxy =
            RunningProxy.start(directory, host, bundle(proxys, trustedByProxy, "timeout=1s"))) {
      notAsked(proxy, host);
    }
  }

  @Test
  void aHostWithoutTlsIsNotAsked() throws Exception {
    Certificates certificates = new Certificates(directory);
    Path proxys = certificates.keyStore("proxy", "proxy");
    Path trusted = certificates.trust(proxys, "proxy");
    try (TestHost host = TestHost.start();
        RunningProxy proxy =
            RunningProxy.start(directory, host, bundle(proxys, trusted, "timeout=1s"))) {
      notAsked(proxy, host);
    }
  }

  private static void notAsked(RunningProxy proxy, TestHost host) throws Exception {
    proxy.register(actor(Kind.NAMED, "joe", "count"));

    InvocationResponse refused = proxy.invoke("joe", "count");

    assertThat(refused.getStatus().getMessage())
        .startsWith("SP2006")
        .contains("did not take effect");
    assertThat(host.calls()).isEmpty();
  }

  /** What both sides can do in common decides, and the bundle says what the proxy can. */
  @Test
  void theOptionsOfTheBundleCount() throws Exception {
    Certificates certificates = new Certificates(directory);
    Path hosts = certificates.keyStore("host", "localhost");
    Path proxys = certificates.keyStore("proxy", "proxy");
    Path trustedByHost = certificates.trust(proxys, "proxy");
    Path trustedByProxy = certificates.trust(hosts, "host");
    List<String> properties =
        new ArrayList<>(List.of(bundle(proxys, trustedByProxy, "timeout=1s")));
    properties.add("spring.ssl.bundle.jks.hosts.options.enabled-protocols=TLSv1.2");
    try (TestHost host = secured(hosts, trustedByHost, tls -> tls.protocols("TLSv1.3", "TLSv1.2"));
        TestHost newest = secured(hosts, trustedByHost, tls -> tls.protocols("TLSv1.3"))) {
      try (RunningProxy proxy = RunningProxy.start(directory, newest, array(properties))) {
        notAsked(proxy, newest);
      }
      try (RunningProxy proxy = RunningProxy.start(directory, host, array(properties))) {
        proxy.register(actor(Kind.NAMED, "joe", "count"));
        assertThat(proxy.count("joe")).isEqualTo(1);
      }
      properties.add(
          "spring.ssl.bundle.jks.hosts.options.ciphers=TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256");
      try (TestHost strict =
              secured(
                  hosts,
                  trustedByHost,
                  tls -> tls.ciphers(List.of("TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384")));
          RunningProxy proxy = RunningProxy.start(directory, strict, array(properties))) {
        notAsked(proxy, strict);
      }
    }
  }

  @Test
  void aBundleThatIsReloadedCountsForNewConnections() throws Exception {
    Certificates certificates = new Certificates(directory);
    Path hosts = certificates.keyStore("host", "localhost");
    Path proxys = certificates.keyStore("proxy", "proxy");
    Path trustedByHost = certificates.trust(proxys, "proxy");
    Path trustedByProxy = certificates.trust(hosts, "host");
    // the proxy trusts nobody but itself, at first
    try (TestHost host = secured(hosts, trustedByHost);
        RunningProxy proxy =
            RunningProxy.start(directory, host, bundle(proxys, trustedByHost, "timeout=1s"))) {
      notAsked(proxy, host);

      proxy
          .context
          .getBean(SslBundleRegistry.class)
          .updateBundle(
              "hosts",
              SslBundle.of(new JksSslStoreBundle(details(proxys), details(trustedByProxy))));

      assertThat(proxy.count("joe")).isEqualTo(1);
    }
  }

  private static JksSslStoreDetails details(Path file) {
    return JksSslStoreDetails.forLocation(file.toUri().toString()).withPassword(PASSWORD);
  }

  /** Who never says how the encryption shall be has not been sent anything. */
  @Test
  void aHostThatDoesNotShakeHandsIsNotAsked() throws Exception {
    Certificates certificates = new Certificates(directory);
    Path proxys = certificates.keyStore("proxy", "proxy");
    Path trusted = certificates.trust(proxys, "proxy");
    try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getByName("127.0.0.1"));
        RunningProxy proxy =
            RunningProxy.start(
                directory, silent.getLocalPort(), bundle(proxys, trusted, "timeout=300ms"))) {
      proxy.register(actor(Kind.NAMED, "joe", "count"));

      assertThat(proxy.invoke("joe", "count").getStatus().getMessage())
          .startsWith("SP2006")
          .contains("did not take effect");
    }
  }

  /** Of a request that leaves in many records, only the last one tells that it has left. */
  @Test
  void aConnectionThatBreaksInTheMiddleOfARequestMayHaveBrokenAfterIt() throws Exception {
    Certificates certificates = new Certificates(directory);
    Path hosts = certificates.keyStore("host", "localhost");
    Path proxys = certificates.keyStore("proxy", "proxy");
    KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    own.init(load(hosts), PASSWORD.toCharArray());
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(own.getKeyManagers(), null, null);
    AtomicInteger accepted = new AtomicInteger();
    try (ServerSocket server =
            tls.getServerSocketFactory()
                .createServerSocket(0, 10, InetAddress.getByName("127.0.0.1"));
        RunningProxy proxy =
            RunningProxy.start(
                directory,
                server.getLocalPort(),
                bundle(proxys, certificates.trust(hosts, "host"), "timeout=5s"))) {
      Thread.ofVirtual()
          .start(
              () -> {
                try {
                  while (true) {
                    Socket socket = server.accept();
                    accepted.incrementAndGet();
                    assertThat(socket.getInputStream().read()).isEqualTo('P'); // of POST
                    socket.setSoLinger(true, 0);
                    socket.close();
                  }
                } catch (IOException closed) {
                  // the end
                }
              });
      proxy.register(actor(Kind.NAMED, "joe", "count"));

      InvocationResponse lost =
          proxy.invoke(
              request("joe", "count")
                  .setValue(
                      Any.newBuilder()
                          .setTypeUrl("type.googleapis.com/test.Bytes")
                          .setValue(ByteString.copyFrom(new byte[3_900_000]))));

      assertThat(lost.getStatus().getMessage())
          .startsWith("SP2006")
          .contains("may have taken effect");
      assertThat(accepted).hasValue(1);
    }
  }

  private static String[] array(List<String> properties) {
    return properties.toArray(String[]::new);
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
    return secured(keys, trusted, tls -> tls);
  }

  private static TestHost secured(Path keys, Path trusted, UnaryOperator<SslContextBuilder> how)
      throws Exception {
    KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    own.init(load(keys), PASSWORD.toCharArray());
    TrustManagerFactory others =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    others.init(load(trusted));
    SslContext tls =
        how.apply(
                SslContextBuilder.forServer(own)
                    .trustManager(others)
                    .clientAuth(ClientAuth.REQUIRE))
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
