package org.spawnmesh.controller;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.InstantSource;
import java.util.UUID;
import org.spawnmesh.controller.leader.Leadership;
import org.spawnmesh.controller.reconcile.Controllers;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.cloud.context.environment.EnvironmentChangeEvent;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;

/** Assembles the controller. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(ControllerProperties.class)
class ControllerConfiguration {

  @Bean
  Work work(KubernetesClient client, ControllerProperties properties) {
    boolean monitors = client.supports("monitoring.coreos.com/v1", "ServiceMonitor");
    return new Work(
        () ->
            new Controllers(
                client,
                () -> properties.settings(monitors),
                properties.getNamespaces(),
                InstantSource.system(),
                properties.getRetryAfter()));
  }

  @Bean(initMethod = "start")
  Leadership leadership(
      KubernetesClient client,
      ControllerProperties properties,
      Work work,
      @Value("${POD_NAME:}") String pod) {
    ControllerProperties.Leader leader = properties.getLeader();
    String namespace = leader.getNamespace();
    return new Leadership(
        client,
        new Leadership.LeaseName(
            namespace == null ? client.getNamespace() : namespace, leader.getLease()),
        new Leadership.Timing(
            leader.getDuration(), leader.getRenewDeadline(), leader.getRetryPeriod()),
        (pod.isEmpty() ? "controller" : pod) + "_" + UUID.randomUUID(),
        work::begin);
  }

  @Bean
  HealthIndicator controllersHealthIndicator(Leadership leadership, Work work) {
    return () -> {
      Health.Builder health = work.isHealthy() ? Health.up() : Health.down();
      return health
          .withDetail("leading", leadership.isLeading())
          .withDetail("watches", work.isHealthy() ? "healthy" : work.unhealthy())
          .build();
    };
  }

  @Bean
  MeterBinder leadershipMeter(Leadership leadership) {
    return registry ->
        Gauge.builder("spawn.controller.leading", () -> leadership.isLeading() ? 1 : 0)
            .description("Whether this controller leads")
            .register(registry);
  }

  @Bean
  SettingsChange settingsChange(Leadership leadership) {
    return new SettingsChange(leadership);
  }

  /** Reconciles everything again when the settings have changed. */
  record SettingsChange(Leadership leadership) {

    @EventListener
    void changed(EnvironmentChangeEvent event) {
      if (event.getKeys().stream().anyMatch(key -> key.startsWith("spawn.controller."))) {
        leadership.beginAnew();
      }
    }
  }
}
