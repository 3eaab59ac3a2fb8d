package org.spawnmesh.cluster.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import java.time.Duration;
import org.apache.zookeeper.client.ZKClientConfig;
import org.apache.zookeeper.common.PathUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.spawnmesh.cluster.zookeeper.ZooKeeperSettings.Auth;
import org.spawnmesh.cluster.zookeeper.ZooKeeperSettings.Tls;

class ZooKeeperSettingsTest {

  private static final ZooKeeperSettings PLAIN = ZooKeeperSettings.of("zk-1:2181,zk-2:2181");

  @Test
  void printsNoSecrets() {
    var keys = new Tls.Keys(Path.of("keys.p12"), "PKCS12", "secret");
    assertThat(PLAIN.auth(Auth.digest("spawn", "secret")).tls(new Tls(keys, keys, true)))
        .asString()
        .contains("zk-1:2181", "/spawn", "digest", "keys.p12")
        .doesNotContain("secret");
  }

  @Test
  void theClientIsToldAllFiles() {
    ZKClientConfig client =
        PLAIN
            .tls(
                new Tls(
                    new Tls.Keys(Path.of("trust.pem"), "PEM", ""),
                    new Tls.Keys(Path.of("keys.p12"), "PKCS12", "secret"),
                    false))
            .client();
    assertThat(client.getProperty("zookeeper.client.secure")).isEqualTo("true");
    assertThat(client.getProperty("zookeeper.ssl.trustStore.location")).isEqualTo("trust.pem");
    assertThat(client.getProperty("zookeeper.ssl.trustStore.type")).isEqualTo("PEM");
    assertThat(client.getProperty("zookeeper.ssl.trustStore.password")).isEmpty();
    assertThat(client.getProperty("zookeeper.ssl.keyStore.location")).isEqualTo("keys.p12");
    assertThat(client.getProperty("zookeeper.ssl.keyStore.type")).isEqualTo("PKCS12");
    assertThat(client.getProperty("zookeeper.ssl.keyStore.password")).isEqualTo("secret");
    assertThat(client.getProperty("zookeeper.ssl.hostnameVerification")).isEqualTo("false");
    assertThat(PLAIN.client().getProperty("zookeeper.client.secure")).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "spawn", "/", "/spawn/", "/a//b", "/.."})
  void rootsThatAreNone(String root) {
    assertThatIllegalArgumentException().isThrownBy(() -> PLAIN.root(root));
  }

  @Test
  void timeoutsThatMakeNoSense() {
    Duration second = Duration.ofSeconds(1);
    assertThatIllegalArgumentException().isThrownBy(() -> PLAIN.timeouts(Duration.ZERO, second));
    assertThatIllegalArgumentException().isThrownBy(() -> PLAIN.timeouts(second, Duration.ZERO));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PLAIN.timeouts(second, Duration.ofMillis(1001)))
        .withMessageContainingAll("PT1S", "PT1.001S");
    assertThatIllegalArgumentException().isThrownBy(() -> ZooKeeperSettings.of(" "));
  }

  @ParameterizedTest
  @ValueSource(strings = {".", "..", "shop", "a b", "zoo/keeper", "ä", "\uFFF0"})
  void everySystemHasAPath(String system) {
    String view = Paths.of("/spawn", system).view();
    PathUtils.validatePath(view);
    assertThat(view.split("/")).hasSize(4);
  }
}
