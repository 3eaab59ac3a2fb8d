package org.spawnmesh.proxy.config;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.util.unit.DataSize;

/** The proxy's settings, besides those of the node in it. */
@ConfigurationProperties("spawn.proxy")
public class ProxyProperties implements InitializingBean {

  /** Need not be there. */
  public static final String DEFAULT_POLICIES = "policies";

  /**
   * Name of this proxy. Hosts are kept under it: after a restart, a proxy of the same name serves
   * them again. By default the machine's name.
   */
  private @Nullable String name;

  /** Where hosts are. */
  private Mode mode = Mode.SIDECAR;

  /** In mode "sidecar": where the host listens. */
  private String hostAddress = "127.0.0.1";

  /** Port on which hosts listen, in either mode. */
  private int hostPort = 8090;

  /** Size of one request. */
  private DataSize bodyLimit = DataSize.ofBytes(8_000_000);

  /**
   * Memory that all requests together may take until they are answered; more are refused. A quarter
   * of the heap by default.
   */
  private @Nullable DataSize bytesInFlight;

  /** How long a request may take to arrive. */
  private Duration bodyTimeout = Duration.ofSeconds(30);

  /** Token that requests must carry ("Authorization: Bearer …"). By default none is asked for. */
  private @Nullable String apiToken;

  /**
   * Directory with policy files (*.policy) that say who may call what. If it is set, it must be
   * there.
   */
  private String policies = DEFAULT_POLICIES;

  private final Uds uds = new Uds();

  /** Says which property is wrong, if one is. */
  @Override
  public void afterPropertiesSet() {
    if (hostPort < 1 || hostPort > 65_535) {
      throw invalid("host-port", hostPort, "It must be a port, 1 to 65535.");
    }
    if (bodyLimit.toBytes() <= 0 || bodyLimit.toBytes() > Integer.MAX_VALUE) {
      throw invalid("body-limit", bodyLimit, "It must be above 0 and at most 2047MB.");
    }
    if (bytesInFlight != null && bytesInFlight.toBytes() <= 0) {
      throw invalid("bytes-in-flight", bytesInFlight, "It must be above 0.");
    }
    if (apiToken != null && apiToken.isBlank()) {
      throw invalid(
          "api-token",
          apiToken,
          "It is set and empty, and would let everybody in. Set a token, or leave it out so that none is asked for.");
    }
    if (apiToken != null && !apiToken.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
      throw invalid("api-token", "…", "It must be visible ASCII characters without spaces.");
    }
    if (bodyTimeout.isNegative() || bodyTimeout.isZero()) {
      throw invalid("body-timeout", bodyTimeout, "It must be above 0.");
    }
  }

  private static InvalidConfigurationPropertyValueException invalid(
      String property, Object value, String reason) {
    return new InvalidConfigurationPropertyValueException("spawn.proxy." + property, value, reason);
  }

  public @Nullable String getName() {
    return name;
  }

  public void setName(@Nullable String name) {
    this.name = name;
  }

  public Mode getMode() {
    return mode;
  }

  public void setMode(Mode mode) {
    this.mode = mode;
  }

  public String getHostAddress() {
    return hostAddress;
  }

  public void setHostAddress(String hostAddress) {
    this.hostAddress = hostAddress;
  }

  public int getHostPort() {
    return hostPort;
  }

  public void setHostPort(int hostPort) {
    this.hostPort = hostPort;
  }

  public DataSize getBodyLimit() {
    return bodyLimit;
  }

  public void setBodyLimit(DataSize bodyLimit) {
    this.bodyLimit = bodyLimit;
  }

  public @Nullable DataSize getBytesInFlight() {
    return bytesInFlight;
  }

  public void setBytesInFlight(@Nullable DataSize bytesInFlight) {
    this.bytesInFlight = bytesInFlight;
  }

  public Duration getBodyTimeout() {
    return bodyTimeout;
  }

  public void setBodyTimeout(Duration bodyTimeout) {
    this.bodyTimeout = bodyTimeout;
  }

  public @Nullable String getApiToken() {
    return apiToken;
  }

  public void setApiToken(@Nullable String apiToken) {
    this.apiToken = apiToken;
  }

  public String getPolicies() {
    return policies;
  }

  public void setPolicies(String policies) {
    this.policies = policies;
  }

  public Uds getUds() {
    return uds;
  }

  /** Where hosts are. */
  public enum Mode {
    /** One host beside the proxy. */
    SIDECAR,
    /** Many hosts: each is where its registration came from. */
    DAEMON
  }

  /** A Unix domain socket in place of the port. */
  public static class Uds {

    /** Listen on the socket, and on no port. */
    private boolean enabled;

    /** File of the socket. */
    private String address = "/var/run/spawn.sock";

    public boolean isEnabled() {
      return enabled;
    }

    public void setEnabled(boolean enabled) {
      this.enabled = enabled;
    }

    public String getAddress() {
      return address;
    }

    public void setAddress(String address) {
      this.address = address;
    }
  }
}
