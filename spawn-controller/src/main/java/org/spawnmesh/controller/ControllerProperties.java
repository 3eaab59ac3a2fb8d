package org.spawnmesh.controller;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.controller.desired.Settings;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * What the controller is told once for all resources. Bound anew when the config map
 * "spawn-controller" changes.
 */
@ConfigurationProperties("spawn.controller")
public class ControllerProperties {

  /** Image of the proxy where a host names none. */
  private String proxyImage = "spawn-proxy:0.1.0-SNAPSHOT";

  /** Namespaces that are watched. All by default. */
  private Set<String> namespaces = new LinkedHashSet<>();

  /** Whether hosts get a ServiceMonitor, if the cluster knows that kind. */
  private boolean serviceMonitors = true;

  /** How long to wait after a first failure; twice as long after each further one. */
  private Duration retryAfter = Duration.ofSeconds(1);

  private final Leader leader = new Leader();

  public String getProxyImage() {
    return proxyImage;
  }

  public void setProxyImage(String proxyImage) {
    this.proxyImage = proxyImage;
  }

  public Set<String> getNamespaces() {
    return namespaces;
  }

  public void setNamespaces(Set<String> namespaces) {
    this.namespaces = namespaces;
  }

  public boolean isServiceMonitors() {
    return serviceMonitors;
  }

  public void setServiceMonitors(boolean serviceMonitors) {
    this.serviceMonitors = serviceMonitors;
  }

  public Duration getRetryAfter() {
    return retryAfter;
  }

  public void setRetryAfter(Duration retryAfter) {
    this.retryAfter = retryAfter;
  }

  public Leader getLeader() {
    return leader;
  }

  Settings settings(boolean serviceMonitorsKnown) {
    return new Settings(proxyImage, serviceMonitors && serviceMonitorsKnown);
  }

  /** The election among several controllers. */
  public static class Leader {

    /** Namespace of the lease. By default that of the pod. */
    private @Nullable String namespace;

    /** Name of the lease. */
    private String lease = "spawn-controller";

    /** After how long without a renewal another controller leads. */
    private Duration duration = Duration.ofSeconds(15);

    /** For how long a renewal is tried before the leadership is given up. */
    private Duration renewDeadline = Duration.ofSeconds(10);

    /** How often a renewal is tried. */
    private Duration retryPeriod = Duration.ofSeconds(2);

    public @Nullable String getNamespace() {
      return namespace;
    }

    public void setNamespace(@Nullable String namespace) {
      this.namespace = namespace;
    }

    public String getLease() {
      return lease;
    }

    public void setLease(String lease) {
      this.lease = lease;
    }

    public Duration getDuration() {
      return duration;
    }

    public void setDuration(Duration duration) {
      this.duration = duration;
    }

    public Duration getRenewDeadline() {
      return renewDeadline;
    }

    public void setRenewDeadline(Duration renewDeadline) {
      this.renewDeadline = renewDeadline;
    }

    public Duration getRetryPeriod() {
      return retryPeriod;
    }

    public void setRetryPeriod(Duration retryPeriod) {
      this.retryPeriod = retryPeriod;
    }
  }
}
