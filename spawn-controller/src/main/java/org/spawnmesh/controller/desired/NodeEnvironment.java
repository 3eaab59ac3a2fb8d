package org.spawnmesh.controller.desired;

import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarBuilder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.spawnmesh.controller.api.ClusterSpec;
import org.spawnmesh.controller.api.Statestore;

/**
 * The environment of a node: of the proxy, in the words of Spawn where there are any, or of an
 * application with the engine inside, in the words of Spring Boot. Pure.
 */
final class NodeEnvironment {

  static final String DATA = "/data";
  static final String TLS = "/etc/spawn/tls";

  private final Host host;

  NodeEnvironment(Host host) {
    this.host = host;
  }

  /** What is no secret and the same in all pods; the config map has it. */
  Map<String, String> shared() {
    Map<String, String> env = new LinkedHashMap<>();
    Annotations annotations = host.annotations();
    Statestore statestore = host.systemSpec().statestore();
    boolean ssl = Boolean.TRUE.equals(statestore.ssl());
    boolean verify =
        Boolean.TRUE.equals(statestore.sslVerify())
            || Boolean.TRUE.equals(statestore.sslVerifyOfSpawn());
    Database database = Database.of(statestore);
    if (host.embedded()) {
      env.put("SPAWN_SYSTEM", host.system());
      env.put("MANAGEMENT_SERVER_PORT", String.valueOf(annotations.httpPort()));
      management(env, annotations.metrics() ? "health,prometheus,mesh" : "health,mesh");
      env.put(
          "SPAWN_STATESTORE_URL",
          database == Database.SQLITE
              ? "jdbc:sqlite:" + DATA + "/actors.db"
              : database.url(
                  "$(SPAWN_DATABASE_HOST)",
                  "$(SPAWN_DATABASE_PORT)",
                  "$(SPAWN_DATABASE_NAME)",
                  ssl,
                  verify));
    } else {
      env.put("PROXY_ACTOR_SYSTEM_NAME", host.system());
      env.put("PROXY_APP_NAME", host.name());
      env.put("PROXY_DEPLOYMENT_MODE", annotations.mode());
      // On its socket the proxy answers no probe: that port is its management's then.
      boolean socket = annotations.socket() != null;
      env.put("PROXY_HTTP_PORT", socket ? "0" : String.valueOf(annotations.httpPort()));
      env.put("USER_FUNCTION_HOST", annotations.appHost());
      env.put("USER_FUNCTION_PORT", String.valueOf(host.appPort()));
      env.put("PROXY_DATABASE_TYPE", database.type());
      if (database == Database.SQLITE) {
        env.put("PROXY_DATABASE_NAME", DATA + "/actors.db");
      } else {
        env.put("PROXY_DATABASE_SSL", String.valueOf(ssl));
        env.put("PROXY_DATABASE_SSL_VERIFY", String.valueOf(verify));
      }
      if (annotations.socket() != null) {
        env.put("PROXY_UDS_ENABLED", "true");
        env.put("PROXY_UDS_ADDRESS", annotations.socket());
        env.put("MANAGEMENT_SERVER_PORT", String.valueOf(annotations.httpPort()));
        management(env, "health,prometheus,mesh");
      }
      if (annotations.idleTimeout() != null) {
        env.put("SPAWN_PROXY_HOST_IDLETIMEOUT", annotations.idleTimeout() + "ms");
      }
    }
    if (annotations.loggerLevel() != null) {
      env.put(
          host.embedded() ? "LOGGING_LEVEL_ORG_SPAWNMESH" : "SPAWN_PROXY_LOGGER_LEVEL",
          annotations.loggerLevel());
    }
    if (host.managementTokenRef() != null) {
      env.put("SPAWN_MANAGEMENT_PORT", String.valueOf(Host.MANAGEMENT_PORT));
      env.put("SPAWN_MANAGEMENT_ADDRESS", "0.0.0.0");
    }
    env.put("SPAWN_DRAINTIMEOUT", host.drainSeconds() + "s");
    env.put("SPRING_LIFECYCLE_TIMEOUTPERSHUTDOWNPHASE", host.drainSeconds() + 5 + "s");
    cluster(env);
    return env;
  }

  private static void management(Map<String, String> env, String endpoints) {
    env.put("MANAGEMENT_ENDPOINT_HEALTH_PROBES_ENABLED", "true");
    env.put("MANAGEMENT_ENDPOINTS_WEB_EXPOSURE_INCLUDE", endpoints);
  }

  private void cluster(Map<String, String> env) {
    Membership membership = Membership.of(host.systemSpec());
    env.put("SPAWN_CLUSTER_TYPE", membership.type());
    if (membership == Membership.STANDALONE) {
      return;
    }
    env.put("SPAWN_CLUSTER_TRANSPORT_PORT", String.valueOf(Host.PEER_PORT));
    ClusterSpec cluster = host.systemSpec().cluster();
    if (membership == Membership.ZOOKEEPER) {
      ClusterSpec.ZooKeeper zooKeeper =
          Objects.requireNonNull(Objects.requireNonNull(cluster).zookeeper());
      env.put("SPAWN_CLUSTER_ZOOKEEPER_CONNECTSTRING", zooKeeper.connectString());
      env.put(
          "SPAWN_CLUSTER_ZOOKEEPER_ROOT", Objects.requireNonNullElse(zooKeeper.root(), "/spawn"));
    }
    if (Tls.of(host.systemSpec()) != null) {
      env.put("SPAWN_CLUSTER_TRANSPORT_SSLBUNDLE", "mesh");
      env.put("SPAWN_CLUSTER_TRANSPORT_PEERNAME", Tls.peerName(host.system()));
      String bundle = "SPRING_SSL_BUNDLE_PEM_MESH_";
      env.put(bundle + "KEYSTORE_CERTIFICATE", "file:" + TLS + "/tls.crt");
      env.put(bundle + "KEYSTORE_PRIVATEKEY", "file:" + TLS + "/tls.key");
      env.put(bundle + "TRUSTSTORE_CERTIFICATE", "file:" + TLS + "/ca.crt");
    }
  }

  /** What differs from pod to pod, and what is secret: references only. */
  List<EnvVar> own() {
    List<EnvVar> env = new ArrayList<>();
    env.add(field("POD_NAME", "metadata.name"));
    env.add(field("POD_NAMESPACE", "metadata.namespace"));
    env.add(field("POD_IP", "status.podIP"));
    Membership membership = Membership.of(host.systemSpec());
    if (membership != Membership.STANDALONE) {
      env.add(field("SPAWN_CLUSTER_NODE", "metadata.name"));
      env.add(field("SPAWN_CLUSTER_TRANSPORT_ADVERTISEDHOST", "status.podIP"));
    }
    if (membership == Membership.KUBERNETES) {
      env.add(field("SPAWN_CLUSTER_KUBERNETES_PODNAME", "metadata.name"));
      env.add(field("SPAWN_CLUSTER_KUBERNETES_PODUID", "metadata.uid"));
    }
    database(env);
    ClusterSpec cluster = host.systemSpec().cluster();
    ClusterSpec.ZooKeeper zooKeeper = cluster == null ? null : cluster.zookeeper();
    if (zooKeeper != null && zooKeeper.credentialsSecretRef() != null) {
      String secret = zooKeeper.credentialsSecretRef();
      env.add(secret("SPAWN_CLUSTER_ZOOKEEPER_USERNAME", secret, "username", true));
      env.add(secret("SPAWN_CLUSTER_ZOOKEEPER_PASSWORD", secret, "password", true));
    }
    String token = host.managementTokenRef();
    if (token != null) {
      env.add(secret("SPAWN_MANAGEMENT_TOKEN", token, "token", true));
    }
    return env;
  }

  private void database(List<EnvVar> env) {
    String secret = host.systemSpec().statestore().credentialsSecretRef();
    // One id for nodes of both kinds: each reads what the other wrote.
    env.add(secret("SPAWN_STATESTORE_ENCRYPTION_KEYS_STATESTORE", secret, "encryptionKey", true));
    if (host.sqlite()) {
      return;
    }
    if (host.embedded()) {
      env.add(secret("SPAWN_DATABASE_HOST", secret, "host", true));
      env.add(secret("SPAWN_DATABASE_PORT", secret, "port", true));
      env.add(secret("SPAWN_DATABASE_NAME", secret, "database", true));
      env.add(secret("SPAWN_STATESTORE_USERNAME", secret, "username", true));
      env.add(secret("SPAWN_STATESTORE_PASSWORD", secret, "password", true));
      // Only a variable that is written here has its $(…) filled in, one of a config map has not.
      env.add(
          new EnvVarBuilder()
              .withName("SPAWN_STATESTORE_URL")
              .withValue(shared().get("SPAWN_STATESTORE_URL"))
              .build());
    } else {
      env.add(secret("PROXY_DATABASE_HOST", secret, "host", true));
      env.add(secret("PROXY_DATABASE_PORT", secret, "port", false));
      env.add(secret("PROXY_DATABASE_NAME", secret, "database", false));
      env.add(secret("PROXY_DATABASE_USERNAME", secret, "username", true));
      env.add(secret("PROXY_DATABASE_SECRET", secret, "password", true));
    }
  }

  /** What an application beside a proxy is told: the names that the SDKs read. */
  List<EnvVar> application() {
    Annotations annotations = host.annotations();
    List<EnvVar> env = new ArrayList<>();
    env.add(field("POD_NAME", "metadata.name"));
    env.add(field("POD_NAMESPACE", "metadata.namespace"));
    env.add(field("POD_IP", "status.podIP"));
    String port = String.valueOf(annotations.httpPort());
    env.add(plain("PROXY_ACTOR_SYSTEM_NAME", host.system()));
    env.add(plain("SPAWN_ACTOR_SYSTEM", host.system()));
    env.add(plain("PROXY_HTTP_HOST", "127.0.0.1"));
    env.add(plain("PROXY_HTTP_PORT", port));
    env.add(plain("SPAWN_PROXY_INTERFACE", "127.0.0.1"));
    env.add(plain("SPAWN_PROXY_PORT", port));
    env.add(plain("USER_FUNCTION_HOST", annotations.appHost()));
    env.add(plain("USER_FUNCTION_PORT", String.valueOf(host.appPort())));
    if (annotations.socket() != null) {
      env.add(plain("SPAWN_PROXY_UDS_ENABLE", "true"));
      env.add(plain("SPAWN_PROXY_UDS_FILE_PATH", annotations.socket()));
    }
    return env;
  }

  private static EnvVar plain(String name, String value) {
    return new EnvVarBuilder().withName(name).withValue(value).build();
  }

  private static EnvVar field(String name, String path) {
    return new EnvVarBuilder()
        .withName(name)
        .withNewValueFrom()
        .withNewFieldRef()
        .withFieldPath(path)
        .endFieldRef()
        .endValueFrom()
        .build();
  }

  private static EnvVar secret(String name, String secret, String key, boolean required) {
    return new EnvVarBuilder()
        .withName(name)
        .withNewValueFrom()
        .withNewSecretKeyRef()
        .withName(secret)
        .withKey(key)
        .withOptional(required ? null : true)
        .endSecretKeyRef()
        .endValueFrom()
        .build();
  }
}
