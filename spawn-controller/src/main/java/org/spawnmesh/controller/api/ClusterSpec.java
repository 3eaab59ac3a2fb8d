package org.spawnmesh.controller.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crd.generator.annotation.PreserveUnknownFields;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How the nodes of a system find each other, and whether they encrypt what they say. */
@ValidationRule(
    value =
        "!has(self.kind) || self.kind.lowerAscii() in ['kubernetes', 'zookeeper', 'erlang',"
            + " 'quic']",
    message = "cluster.kind must be kubernetes or zookeeper")
@ValidationRule(
    value = "!(has(self.kind) && self.kind.lowerAscii() == 'zookeeper') || has(self.zookeeper)",
    message = "cluster.kind zookeeper needs cluster.zookeeper.connectString")
@ValidationRule(
    value = "!has(self.zookeeper) || !has(self.kind) || self.kind.lowerAscii() != 'kubernetes'",
    message =
        "cluster.kind kubernetes and cluster.zookeeper exclude each other; remove one of the two")
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ClusterSpec(
    @JsonPropertyDescription(
            "kubernetes (leases of this Kubernetes cluster, experimental) or zookeeper. By default"
                + " zookeeper if cluster.zookeeper is there, else kubernetes. Spawn's erlang and"
                + " quic are taken for nothing said.")
        @Size(max = 32)
        @Nullable String kind,
    @JsonPropertyDescription("The ZooKeeper in which the nodes find each other.")
        @Nullable ZooKeeper zookeeper,
    @JsonPropertyDescription("Encryption and mutual authentication between the nodes.")
        @Nullable Tls tls,
    @JsonPropertyDescription("Of Spawn, for Erlang; without effect here.") @Nullable String cookie,
    @JsonPropertyDescription("Of Spawn; without effect here: see cluster.tls for encryption.")
        @PreserveUnknownFields
        @Nullable Map<String, Object> features) {

  /** The ZooKeeper of a system. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record ZooKeeper(
      @JsonPropertyDescription("Its servers: host:port, several separated by commas.")
          @Required
          @Size(min = 1)
          String connectString,
      @JsonPropertyDescription(
              "Path below which everything is kept, by default /spawn; several systems may share"
                  + " it.")
          @Nullable String root,
      @JsonPropertyDescription(
              "Name of a Secret in this namespace with the keys username and password, for"
                  + " ZooKeeper's digest authentication.")
          @Nullable String credentialsSecretRef) {}

  /** TLS between the nodes, by certificates of cert-manager. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Tls(
      @JsonPropertyDescription("Whether connections between nodes are encrypted; by default not.")
          @Nullable Boolean enabled,
      @JsonPropertyDescription("Name of the cert-manager issuer that signs the nodes' certificate.")
          @Required
          @Size(min = 1)
          String issuerName,
      @JsonPropertyDescription(
              "Kind of that issuer: Issuer, the default, in this namespace, or ClusterIssuer.")
          @Nullable String issuerKind) {}
}
