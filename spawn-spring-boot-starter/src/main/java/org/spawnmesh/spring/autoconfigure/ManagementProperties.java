package org.spawnmesh.spring.autoconfigure;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/** {@code spawn.management.*}: the management API, which consoles and scripts use. */
@ConfigurationProperties("spawn.management")
public class ManagementProperties {

  /** Port of the management API; 0 for any free one. Without it there is no management API. */
  private @Nullable Integer port;

  /** Where it listens. */
  private String address = "127.0.0.1";

  /** What clients show in the header 'Authorization: Bearer …'. At least 16 characters. */
  private @Nullable String token;

  /**
   * SSL bundle with this node's certificate and those it trusts: then clients must show a
   * certificate, and need no token.
   */
  private @Nullable String sslBundle;

  /**
   * File with descriptors of protobuf messages, as protoc --descriptor_set_out --include_imports
   * writes it: states of these types are shown as JSON.
   */
  private @Nullable String descriptors;

  /**
   * What the other members are told, so that a console finds this node: empty if it listens at any
   * free port, which is not known before it does.
   */
  String announced() {
    return port == null || port == 0
        ? ""
        : "%s://%s:%d".formatted(sslBundle == null ? "http" : "https", bracketed(address), port);
  }

  private static String bracketed(String host) {
    return host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host;
  }

  public @Nullable Integer getPort() {
    return port;
  }

  public void setPort(@Nullable Integer port) {
    this.port = port;
  }

  public String getAddress() {
    return address;
  }

  public void setAddress(String address) {
    this.address = address;
  }

  public @Nullable String getToken() {
    return token;
  }

  public void setToken(@Nullable String token) {
    this.token = token;
  }

  public @Nullable String getSslBundle() {
    return sslBundle;
  }

  public void setSslBundle(@Nullable String sslBundle) {
    this.sslBundle = sslBundle;
  }

  public @Nullable String getDescriptors() {
    return descriptors;
  }

  public void setDescriptors(@Nullable String descriptors) {
    this.descriptors = descriptors;
  }
}
