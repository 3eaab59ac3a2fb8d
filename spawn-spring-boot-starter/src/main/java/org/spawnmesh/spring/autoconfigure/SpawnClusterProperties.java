package org.spawnmesh.spring.autoconfigure;

import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/** The node's place among others. */
@ConfigurationProperties("spawn.cluster")
public class SpawnClusterProperties {

  /**
   * "standalone" for one node that has the database to itself; "zookeeper" or "kubernetes" for a
   * mesh of nodes that share a database and find each other there.
   */
  private Type type = Type.STANDALONE;

  /** Name of this node for people, the same after a restart. By default the host's name. */
  private @Nullable String node;

  /**
   * Into how many shards an actor type is cut. Fixed when the mesh first starts, and the same on
   * all nodes.
   */
  private int partitions = 256;

  /** How long a node waits at start to be taken into the mesh before the start fails. */
  private Duration joinTimeout = Duration.ofSeconds(30);

  /**
   * How long a node that reaches neither the database nor the coordination service may answer reads
   * from memory.
   */
  private Duration lease = Duration.ofSeconds(5);

  /** How long a member may be silent, though most others are not, before it is evicted. */
  private Duration silence = Duration.ofSeconds(3);

  /**
   * Names of actor types whose actors only this node, and others that name them here, are to own.
   * When none of them is there, all nodes that host the type do.
   */
  private Set<String> pinned = Set.of();

  private final Transport transport = new Transport();

  private final Zookeeper zookeeper = new Zookeeper();

  private final Kubernetes kubernetes = new Kubernetes();

  public Type getType() {
    return type;
  }

  public void setType(Type type) {
    this.type = type;
  }

  public @Nullable String getNode() {
    return node;
  }

  public void setNode(@Nullable String node) {
    this.node = node;
  }

  public int getPartitions() {
    return partitions;
  }

  public void setPartitions(int partitions) {
    this.partitions = partitions;
  }

  public Duration getJoinTimeout() {
    return joinTimeout;
  }

  public void setJoinTimeout(Duration joinTimeout) {
    this.joinTimeout = joinTimeout;
  }

  public Duration getLease() {
    return lease;
  }

  public void setLease(Duration lease) {
    this.lease = lease;
  }

  public Duration getSilence() {
    return silence;
  }

  public void setSilence(Duration silence) {
    this.silence = silence;
  }

  public Set<String> getPinned() {
    return pinned;
  }

  public void setPinned(Set<String> pinned) {
    this.pinned = pinned;
  }

  public Transport getTransport() {
    return transport;
  }

  public Zookeeper getZookeeper() {
    return zookeeper;
  }

  public Kubernetes getKubernetes() {
    return kubernetes;
  }

  /** Kinds of cluster. */
  public enum Type {
    /** One node. */
    STANDALONE,
    /** A mesh that finds its members in ZooKeeper. */
    ZOOKEEPER,
    /** A mesh that finds its members in the Kubernetes API. */
    KUBERNETES
  }

  /** How nodes talk to each other. */
  public static class Transport {

    /** Interface on which this node listens for its peers. */
    private String host = "0.0.0.0";

    /** Port on which this node listens for its peers; 0 for any that is free. */
    private int port;

    /** Host that peers connect to. By default the machine's own address, or the interface's. */
    private @Nullable String advertisedHost;

    /** Port that peers connect to, if it is not the one this node listens on; 0 if it is. */
    private int advertisedPort;

    /**
     * SSL bundle with this node's certificate and the authority of all nodes' certificates. Without
     * one, connections between nodes are neither encrypted nor authenticated.
     */
    private @Nullable String sslBundle;

    /** Name that every node's certificate bears, if it is not the host it is reached at. */
    private @Nullable String peerName;

    public String getHost() {
      return host;
    }

    public void setHost(String host) {
      this.host = host;
    }

    public int getPort() {
      return port;
    }

    public void setPort(int port) {
      this.port = port;
    }

    public @Nullable String getAdvertisedHost() {
      return advertisedHost;
    }

    public void setAdvertisedHost(@Nullable String advertisedHost) {
      this.advertisedHost = advertisedHost;
    }

    public int getAdvertisedPort() {
      return advertisedPort;
    }

    public void setAdvertisedPort(int advertisedPort) {
      this.advertisedPort = advertisedPort;
    }

    public @Nullable String getSslBundle() {
      return sslBundle;
    }

    public void setSslBundle(@Nullable String sslBundle) {
      this.sslBundle = sslBundle;
    }

    public @Nullable String getPeerName() {
      return peerName;
    }

    public void setPeerName(@Nullable String peerName) {
      this.peerName = peerName;
    }
  }

  /** Where ZooKeeper is, for type "zookeeper". */
  public static class Zookeeper {

    /** ZooKeeper's servers: "host:port", several separated by commas. */
    private @Nullable String connectString;

    /** Path below which everything is kept; several actor systems may share it. */
    private String root = "/spawn";

    /** After how long without a sign of life ZooKeeper takes this node for dead. */
    private Duration sessionTimeout = Duration.ofSeconds(6);

    /** How long a request waits for ZooKeeper. */
    private Duration connectionTimeout = Duration.ofSeconds(3);

    /** User for ZooKeeper's digest authentication; then nobody else may read or write there. */
    private @Nullable String username;

    /** Password for ZooKeeper's digest authentication. */
    private @Nullable String password;

    private final Tls tls = new Tls();

    public @Nullable String getConnectString() {
      return connectString;
    }

    public void setConnectString(@Nullable String connectString) {
      this.connectString = connectString;
    }

    public String getRoot() {
      return root;
    }

    public void setRoot(String root) {
      this.root = root;
    }

    public Duration getSessionTimeout() {
      return sessionTimeout;
    }

    public void setSessionTimeout(Duration sessionTimeout) {
      this.sessionTimeout = sessionTimeout;
    }

    public Duration getConnectionTimeout() {
      return connectionTimeout;
    }

    public void setConnectionTimeout(Duration connectionTimeout) {
      this.connectionTimeout = connectionTimeout;
    }

    public @Nullable String getUsername() {
      return username;
    }

    public void setUsername(@Nullable String username) {
      this.username = username;
    }

    public @Nullable String getPassword() {
      return password;
    }

    public void setPassword(@Nullable String password) {
      this.password = password;
    }

    public Tls getTls() {
      return tls;
    }
  }

  /** How the API server of Kubernetes is asked, for type "kubernetes". */
  public static class Kubernetes {

    /** Namespace of the nodes' leases. By default that of the service account, or kubeconfig. */
    private @Nullable String namespace;

    /**
     * URL of an API server that asks for no credentials, such as "kubectl proxy". By default the
     * server and the credentials of the service account, or kubeconfig.
     */
    private @Nullable String server;

    /**
     * After how long without a renewal the others take this node for dead; whole seconds. It is
     * renewed three times as often.
     */
    private Duration lease = Duration.ofSeconds(10);

    /** How long a request waits for the API server. */
    private Duration requestTimeout = Duration.ofSeconds(3);

    /** Name of the pod this node runs in, with which its lease is deleted; needs the UID, too. */
    private @Nullable String podName;

    /** UID of the pod this node runs in. */
    private @Nullable String podUid;

    public @Nullable String getNamespace() {
      return namespace;
    }

    public void setNamespace(@Nullable String namespace) {
      this.namespace = namespace;
    }

    public @Nullable String getServer() {
      return server;
    }

    public void setServer(@Nullable String server) {
      this.server = server;
    }

    public Duration getLease() {
      return lease;
    }

    public void setLease(Duration lease) {
      this.lease = lease;
    }

    public Duration getRequestTimeout() {
      return requestTimeout;
    }

    public void setRequestTimeout(Duration requestTimeout) {
      this.requestTimeout = requestTimeout;
    }

    public @Nullable String getPodName() {
      return podName;
    }

    public void setPodName(@Nullable String podName) {
      this.podName = podName;
    }

    public @Nullable String getPodUid() {
      return podUid;
    }

    public void setPodUid(@Nullable String podUid) {
      this.podUid = podUid;
    }
  }

  /** TLS to ZooKeeper, by files, as its client takes it. */
  public static class Tls {

    /** Whether connections to ZooKeeper are encrypted. */
    private boolean enabled;

    /** File with the certificates that ZooKeeper's must lead back to. */
    private @Nullable String trustStore;

    /** Password of the trust store. */
    private String trustStorePassword = "";

    /** File with this node's own key and certificate, if ZooKeeper asks for one. */
    private @Nullable String keyStore;

    /** Password of the key store. */
    private String keyStorePassword = "";

    /** Type of both stores. */
    private String storeType = "PKCS12";

    /** Whether a server's certificate must name the host that was connected to. */
    private boolean verifyHostnames = true;

    public boolean isEnabled() {
      return enabled;
    }

    public void setEnabled(boolean enabled) {
      this.enabled = enabled;
    }

    public @Nullable String getTrustStore() {
      return trustStore;
    }

    public void setTrustStore(@Nullable String trustStore) {
      this.trustStore = trustStore;
    }

    public String getTrustStorePassword() {
      return trustStorePassword;
    }

    public void setTrustStorePassword(String trustStorePassword) {
      this.trustStorePassword = trustStorePassword;
    }

    public @Nullable String getKeyStore() {
      return keyStore;
    }

    public void setKeyStore(@Nullable String keyStore) {
      this.keyStore = keyStore;
    }

    public String getKeyStorePassword() {
      return keyStorePassword;
    }

    public void setKeyStorePassword(String keyStorePassword) {
      this.keyStorePassword = keyStorePassword;
    }

    public String getStoreType() {
      return storeType;
    }

    public void setStoreType(String storeType) {
      this.storeType = storeType;
    }

    public boolean isVerifyHostnames() {
      return verifyHostnames;
    }

    public void setVerifyHostnames(boolean verifyHostnames) {
      this.verifyHostnames = verifyHostnames;
    }
  }
}
