package org.spawnmesh.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Key stores made for a test, in its directory.
 *
 * @param directory where they are written
 */
record Certificates(Path directory) {

  static final String PASSWORD = "changeit";

  /** The properties of a bundle with these files, which may be the same. */
  static List<String> bundle(String name, Path keys, Path trusted) {
    String prefix = "spring.ssl.bundle.jks." + name + ".";
    return List.of(
        prefix + "keystore.location=" + keys.toUri(),
        prefix + "keystore.password=" + PASSWORD,
        prefix + "truststore.location=" + trusted.toUri(),
        prefix + "truststore.password=" + PASSWORD);
  }

  /** A store with a key, and a certificate for {@code localhost}. */
  Path keyStore(String name, String commonName) throws Exception {
    return keyStore(name, commonName, "dns:localhost,ip:127.0.0.1");
  }

  /**
   * @param names what the certificate is for, as keytool wants it
   */
  Path keyStore(String name, String commonName, String names) throws Exception {
    Path file = directory.resolve(name + ".p12");
    keytool(
        "-genkeypair",
        "-alias",
        name,
        "-keyalg",
        "EC",
        "-dname",
        "CN=" + commonName,
        "-ext",
        "san=" + names,
        "-keystore",
        file.toString());
    return file;
  }

  /** A store that holds the certificate of another one, and no key. */
  Path trust(Path keys, String alias) throws Exception {
    Path certificate = directory.resolve(alias + ".cer");
    Path file = directory.resolve("trusts-" + alias + ".p12");
    keytool(
        "-exportcert",
        "-alias",
        alias,
        "-keystore",
        keys.toString(),
        "-file",
        certificate.toString());
    keytool(
        "-importcert",
        "-noprompt",
        "-alias",
        alias,
        "-keystore",
        file.toString(),
        "-file",
        certificate.toString());
    return file;
  }

  private static void keytool(String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of(arguments));
    command.addAll(List.of("-storetype", "PKCS12", "-storepass", PASSWORD));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes());
    assertThat(process.waitFor()).as(output).isZero();
  }
}
