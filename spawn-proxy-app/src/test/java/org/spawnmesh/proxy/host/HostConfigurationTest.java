package org.spawnmesh.proxy.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.spawnmesh.host.ActorHost;
import org.spawnmesh.proxy.acl.Policies;
import org.spawnmesh.proxy.registration.Directory;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class HostConfigurationTest {

  private final ApplicationContextRunner context =
      new ApplicationContextRunner()
          .withUserConfiguration(HostConfiguration.class)
          .withBean(MeterRegistry.class, SimpleMeterRegistry::new)
          .withBean(Directory.class, () -> TestHosts.NAMED)
          .withBean(Policies.class, () -> Policies.NONE);

  @Test
  void thereIsOneHostForAnAddress() {
    context.run(
        application -> {
          Hosts hosts = application.getBean(Hosts.class);
          ActorHost host = hosts.at(new HostAddress("127.0.0.1", 8090));

          assertThat(hosts.at(new HostAddress("127.0.0.1", 8090))).isSameAs(host);
          assertThat(hosts.at(new HostAddress("127.0.0.1", 8091))).isNotSameAs(host);
        });
  }

  @Test
  void itsMetersAreTaggedByHostOnly() {
    context.run(
        application -> {
          application.getBean(Hosts.class).at(new HostAddress("127.0.0.1", 8090));
          MeterRegistry meters = application.getBean(MeterRegistry.class);

          assertThat(
                  meters.get("spawn.proxy.host.up").tag("host", "127.0.0.1:8090").gauge().value())
              .isEqualTo(1);
          assertThat(
                  meters.get("resilience4j.bulkhead.max.allowed.concurrent.calls").gauge().value())
              .isEqualTo(10_000);
          assertThat(meters.get("resilience4j.circuitbreaker.state").gauges()).isNotEmpty();
        });
  }

  @Test
  void whoIsForgottenLeavesNoMeters() {
    context.run(
        application -> {
          Hosts hosts = application.getBean(Hosts.class);
          MeterRegistry meters = application.getBean(MeterRegistry.class);
          hosts.at(new HostAddress("127.0.0.1", 8090));
          int one = meters.getMeters().size();
          HostAddress other = new HostAddress("127.0.0.1", 8091);
          ActorHost before = hosts.at(other);
          assertThat(meters.getMeters()).hasSizeGreaterThan(one);

          hosts.forget(other);
          hosts.forget(other);

          assertThat(meters.getMeters()).hasSize(one);
          assertThat(hosts.at(other)).isNotSameAs(before);
        });
  }

  @Test
  void anotherWayToHostsMayTakeItsPlace() {
    Hosts own = address -> call -> null;

    context
        .withBean(Hosts.class, () -> own)
        .run(application -> assertThat(application.getBean(Hosts.class)).isSameAs(own));
  }

  @ParameterizedTest
  @CsvSource({
    "timeout, 0s",
    "timeout, -1s",
    "connect-timeout, 0s",
    "connections, 0",
    "calls, 511",
    "reply-size, 0",
    "reply-size, 4GB",
    "reply-bytes-in-flight, 7MB",
    "token, ''",
    "token, a b",
    "idle-timeout, 0s",
    "patience, -1s",
    "probe-interval, 0s",
    "circuit.failure-rate, 101",
    "circuit.minimum-calls, 101",
    "circuit.pause, 0s"
  })
  void aWrongPropertyIsNamed(String property, String value) {
    context
        .withPropertyValues("spawn.proxy.host." + property + "=" + value)
        .run(
            application ->
                assertThat(application)
                    .getFailure()
                    .rootCause()
                    .hasMessageContaining("spawn.proxy.host." + property));
  }
}
