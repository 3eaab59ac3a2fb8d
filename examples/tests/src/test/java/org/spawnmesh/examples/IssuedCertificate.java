package org.spawnmesh.examples;

import static org.spawnmesh.examples.Manifests.list;
import static org.spawnmesh.examples.Manifests.map;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * What cert-manager makes of a {@code Certificate}: the files of its Secret, from an authority of
 * its own. Made by keytool. Immutable.
 */
final class IssuedCertificate {

  private static final char[] PASSWORD = "changeit".toCharArray();

  private final Path folder;

  /**
   * @param certificate the object that asks for it
   * @param folder becomes what the volume of the Secret is: tls.crt, tls.key and ca.crt
   */
  IssuedCertificate(Map<String, Object> certificate, Path folder) throws Exception {
    this.folder = Files.createDirectories(folder);
    Map<String, Object> spec = map(certificate, "spec");
    String key = "-keyalg EC -groupname secp256r1 -storetype PKCS12";
    keytool("-genkeypair -alias ca -dname CN=ca -ext bc:c %s -keystore ca.p12".formatted(key));
    keytool("-genkeypair -alias node -dname CN=node %s -keystore node.p12".formatted(key));
    keytool("-certreq -alias node -file node.csr -keystore node.p12");
    keytool(
        "-gencert -alias ca -keystore ca.p12 -infile node.csr -outfile tls.crt -rfc -ext san=%s -ext eku=%s"
            .formatted(
                list(spec, "dnsNames").stream()
                    .map(name -> "dns:" + name)
                    .collect(Collectors.joining(",")),
                list(spec, "usages").stream()
                    .map(use -> use.equals("server auth") ? "serverAuth" : "clientAuth")
                    .collect(Collectors.joining(","))));
    keytool("-exportcert -alias ca -keystore ca.p12 -rfc -file ca.crt");
    keytool("-importcert -noprompt -alias ca -file ca.crt -keystore node.p12");
    keytool("-importcert -noprompt -alias node -file tls.crt -keystore node.p12");
    byte[] secret = load("node.p12").getKey("node", PASSWORD).getEncoded();
    Files.writeString(
        folder.resolve("tls.key"),
        "-----BEGIN PRIVATE KEY-----\n%s\n-----END PRIVATE KEY-----\n"
            .formatted(Base64.getMimeEncoder().encodeToString(secret)));
  }

  /** For somebody who trusts its authority, and shows the certificate of that one. */
  SSLContext shown(IssuedCertificate other) throws Exception {
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(other.load("node.p12"), PASSWORD);
    return context(keys);
  }

  /** For somebody who trusts its authority, and has no certificate. */
  SSLContext withoutOne() throws Exception {
    return context(null);
  }

  private SSLContext context(KeyManagerFactory keys) throws Exception {
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(load("ca.p12"));
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys == null ? null : keys.getKeyManagers(), trust.getTrustManagers(), null);
    return context;
  }

  private KeyStore load(String file) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(folder.resolve(file))) {
      store.load(in, PASSWORD);
    }
    return store;
  }

  private void keytool(String arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of(arguments.split(" ")));
    command.addAll(List.of("-storepass", new String(PASSWORD)));
    Process process =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes());
    if (process.waitFor() != 0) {
      throw new IOException(output);
    }
  }
}
