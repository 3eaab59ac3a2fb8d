package org.spawnmesh.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.net.URI;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the console expects of whoever finds nodes. */
abstract class DiscoveryContract {

  private Discovery discovery;

  abstract Discovery discovery() throws Exception;

  /** A node begins to live at this host, with a management API. */
  abstract void begins(String host) throws Exception;

  abstract void ends(String host) throws Exception;

  /** Somebody lives there who has no management API, or does not live yet. */
  abstract void isThereWithoutOne(String host) throws Exception;

  /** From now on nobody answers who knows the nodes. */
  abstract void silence() throws Exception;

  @BeforeEach
  void start() throws Exception {
    discovery = discovery();
  }

  @AfterEach
  void stop() {
    discovery.close();
  }

  @Test
  void nodesComeAndGo() throws Exception {
    assertThat(discovery.find()).isEmpty();
    begins("10.0.0.8");
    begins("10.0.0.7");
    assertThat(discovery.find())
        .containsExactly(URI.create("http://10.0.0.7:9091"), URI.create("http://10.0.0.8:9091"));
    ends("10.0.0.7");
    assertThat(discovery.find()).containsExactly(URI.create("http://10.0.0.8:9091"));
  }

  @Test
  void whoHasNoManagementApiIsNotFound() throws Exception {
    isThereWithoutOne("10.0.0.6");
    begins("10.0.0.7");
    assertThat(discovery.find()).containsExactly(URI.create("http://10.0.0.7:9091"));
  }

  @Test
  void silenceIsToldAndNotTakenForNobody() throws Exception {
    begins("10.0.0.7");
    assertThat(discovery.find()).hasSize(1);
    silence();
    assertThatExceptionOfType(RuntimeException.class)
        .isThrownBy(() -> discovery.find())
        .withMessageMatching("(?s)(ZooKeeper|Kubernetes) does not .*");
  }
}
