package org.spawnmesh.controller.desired;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.controller.api.ActorSystem;
import org.spawnmesh.controller.api.ActorSystemSpec;
import org.spawnmesh.controller.api.ClusterSpec;

/** The certificate that all nodes of a system have, from cert-manager. */
final class Tls {

  private Tls() {}

  /** Null if nodes speak openly. */
  static ClusterSpec.@Nullable Tls of(ActorSystemSpec spec) {
    ClusterSpec cluster = spec.cluster();
    ClusterSpec.Tls tls = cluster == null ? null : cluster.tls();
    return tls != null
            && Boolean.TRUE.equals(tls.enabled())
            && Membership.of(spec) != Membership.STANDALONE
        ? tls
        : null;
  }

  /** Pods come and go; the one name in the certificate is the mesh's. */
  static String peerName(String system) {
    return system + ".mesh.spawn-eigr.io";
  }

  static String secret(String system) {
    return system + "-mesh-tls";
  }

  static GenericKubernetesResource certificate(ActorSystem system, ClusterSpec.Tls tls) {
    String name = system.getMetadata().getName();
    GenericKubernetesResource certificate =
        Serialization.unmarshal(
            """
            ---
            apiVersion: cert-manager.io/v1
            kind: Certificate
            spec:
              secretName: %s
              dnsNames: [%s]
              usages: [client auth, server auth]
              privateKey: {algorithm: ECDSA, size: 256, encoding: PKCS8}
              issuerRef: {group: cert-manager.io, kind: %s, name: "%s"}
            """
                .formatted(
                    secret(name),
                    peerName(name),
                    Objects.requireNonNullElse(tls.issuerKind(), "Issuer"),
                    tls.issuerName()),
            GenericKubernetesResource.class);
    certificate.setMetadata(SystemObjects.metadata(system, "-mesh"));
    return certificate;
  }
}
