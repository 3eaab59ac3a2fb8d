package org.spawnmesh.spring.autoconfigure;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.spawnmesh.cluster.Cluster;
import org.spawnmesh.cluster.Membership;
import org.spawnmesh.cluster.Mesh;
import org.spawnmesh.cluster.MeshSettings;
import org.spawnmesh.cluster.PeerTransport;
import org.spawnmesh.cluster.kubernetes.KubernetesMembership;
import org.spawnmesh.cluster.kubernetes.KubernetesSettings;
import org.spawnmesh.cluster.zookeeper.ZooKeeperMembership;
import org.spawnmesh.cluster.zookeeper.ZooKeeperSettings;
import org.spawnmesh.spring.autoconfigure.SpawnClusterProperties.Tls;
import org.spawnmesh.spring.autoconfigure.SpawnClusterProperties.Transport;
import org.spawnmesh.spring.autoconfigure.SpawnClusterProperties.Type;
import org.spawnmesh.spring.autoconfigure.SpawnClusterProperties.Zookeeper;
import org.spawnmesh.store.StateStore;
import org.spawnmesh.time.SystemTimers;
import org.spawnmesh.time.Timers;
import org.spawnmesh.transport.grpc.GrpcTransport;
import org.spawnmesh.transport.grpc.GrpcTransportSettings;
import org.spawnmesh.transport.grpc.ListenAddress;
import org.spawnmesh.transport.grpc.MutualTls;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.type.AnnotatedTypeMetadata;

/** A node among others: present when {@code spawn.cluster.type} is not standalone. */
@Configuration(proxyBeanMethods = false)
@Conditional(MeshConfiguration.OnMesh.class)
class MeshConfiguration {

  private static final Logger log = LoggerFactory.getLogger(MeshConfiguration.class);

  /** One clock for the node and its connections: deadlines pass from one to the other. */
  @Bean
  @ConditionalOnMissingBean
  Timers spawnTimers() {
    return new SystemTimers(Thread.ofPlatform().daemon().name("spawn-timer-", 0).factory());
  }

  @Bean
  @ConditionalOnMissingBean
  Cluster spawnCluster(
      SpawnClusterProperties properties,
      StateStore store,
      Membership membership,
      PeerTransport transport,
      Timers timers,
      ObjectProvider<ManagementProperties> management) {
    refuseWhatNobodyShares(store, properties.getType());
    ThreadFactory factory =
        Thread.ofVirtual().name("spawn-mesh").inheritInheritableThreadLocals(false).factory();
    Executor threads = task -> factory.newThread(task).start();
    MeshSettings settings = settings(properties);
    ManagementProperties listens = management.getIfAvailable();
    if (listens != null) {
      settings = settings.withManagement(listens.announced());
    }
    return new Mesh(settings, membership, transport, timers, threads);
  }

  private static void refuseWhatNobodyShares(StateStore store, Type type) {
    String place =
        store.isVolatile()
            ? "in the memory of this process"
            : isFile(store.describe()) ? "in a file of this machine" : null;
    if (place != null) {
      throw new InvalidConfigurationException(
          "spawn.cluster.type is '%s', but state is kept %s, where the other nodes cannot find it."
              .formatted(type.name().toLowerCase(Locale.ROOT), place),
          "Configure a database that all nodes share (a DataSource, or spawn.statestore.url), or"
              + " set spawn.cluster.type to 'standalone'.");
    }
  }

  /**
   * @param database begins with its name
   */
  private static boolean isFile(String database) {
    return database.toLowerCase(Locale.ROOT).startsWith("sqlite");
  }

  private static MeshSettings settings(SpawnClusterProperties properties) {
    String node = properties.getNode();
    String version = MeshConfiguration.class.getPackage().getImplementationVersion();
    return MeshSettings.of(node != null ? node : hostName())
        .withVersion(version == null ? "" : version)
        .withPartitions(
            NodeSettingsFactory.positive("spawn.cluster.partitions", properties.getPartitions()))
        .withLease(positive("spawn.cluster.lease", properties.getLease()))
        .withJoinPatience(positive("spawn.cluster.join-timeout", properties.getJoinTimeout()))
        .withSilence(positive("spawn.cluster.silence", properties.getSilence()))
        .withPinned(properties.getPinned());
  }

  private static Duration positive(String property, Duration value) {
    return NodeSettingsFactory.positive(property, value);
  }

  static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "localhost";
    }
  }

  @Bean
  @ConditionalOnMissingBean
  PeerTransport spawnPeerTransport(
      SpawnClusterProperties properties,
      SpawnProperties node,
      Timers timers,
      ObjectProvider<SslBundles> bundles) {
    Transport transport = properties.getTransport();
    MutualTls tls = tls(transport, bundles);
    if (tls == null) {
      log.warn(
          "Nodes talk to each other without encryption, and with whoever can reach their ports;"
              + " spawn.cluster.transport.ssl-bundle changes that");
    }
    long largest =
        Math.max(
            node.getLimits().getPayloadSize().toBytes(), node.getLimits().getStateSize().toBytes());
    int frame = (int) Math.min(1L << 30, Math.max(32L << 20, largest + (1 << 20)));
    return new GrpcTransport(
        new ListenAddress(
            transport.getHost(),
            transport.getPort(),
            transport.getAdvertisedHost(),
            transport.getAdvertisedPort()),
        GrpcTransportSettings.DEFAULTS.withFrameBytes(frame),
        tls,
        timers,
        RandomGenerator.getDefault(),
        Thread.ofPlatform().daemon().name("spawn-transport-", 0).factory());
  }

  private static @Nullable MutualTls tls(Transport transport, ObjectProvider<SslBundles> bundles) {
    String name = transport.getSslBundle();
    if (name == null) {
      return null;
    }
    SslBundles all = bundles.getIfAvailable();
    if (all == null) {
      throw new InvalidConfigurationException(
          "spawn.cluster.transport.ssl-bundle is '%s', but there are no SSL bundles."
              .formatted(name),
          "Declare the bundle under spring.ssl.bundle.");
    }
    try {
      SslBundle bundle = all.getBundle(name);
      return new MutualTls(
          bundle.getManagers().getKeyManagerFactory(),
          bundle.getManagers().getTrustManagerFactory(),
          transport.getPeerName());
    } catch (NoSuchSslBundleException e) {
      throw new InvalidConfigurationException(
          "spawn.cluster.transport.ssl-bundle is '%s', and there is no SSL bundle of that name."
              .formatted(name),
          "Describe it with spring.ssl.bundle.pem.%1$s.… or spring.ssl.bundle.jks.%1$s.…"
              .formatted(name));
    }
  }

  /** Members that find each other in ZooKeeper. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnProperty(name = "spawn.cluster.type", havingValue = "zookeeper")
  static class ZooKeeper {

    @Bean
    @ConditionalOnMissingBean
    SpawnZooKeeperConnectionDetails spawnZooKeeperConnectionDetails(
        SpawnClusterProperties properties) {
      String connect = properties.getZookeeper().getConnectString();
      if (connect == null || connect.isBlank()) {
        throw new InvalidConfigurationException(
            "spawn.cluster.type is 'zookeeper', but spawn.cluster.zookeeper.connect-string is not"
                + " set.",
            "Set it to ZooKeeper's servers, for example 'zk-1:2181,zk-2:2181,zk-3:2181'.");
      }
      return () -> connect;
    }

    @Bean
    @ConditionalOnMissingBean
    Membership spawnMembership(
        SpawnClusterProperties properties,
        SpawnZooKeeperConnectionDetails details,
        ActorSystemName system,
        Timers timers) {
      Zookeeper zookeeper = properties.getZookeeper();
      return new ZooKeeperMembership(
          system.value(),
          settings(zookeeper, details.connectString()),
          timers,
          Thread.ofPlatform().daemon().name("spawn-zookeeper-", 0).factory());
    }

    private static ZooKeeperSettings settings(Zookeeper zookeeper, String connect) {
      try {
        return new ZooKeeperSettings(
            connect,
            zookeeper.getRoot(),
            zookeeper.getSessionTimeout(),
            zookeeper.getConnectionTimeout(),
            auth(zookeeper),
            tls(zookeeper.getTls()));
      } catch (IllegalArgumentException e) {
        throw new InvalidConfigurationException(
            "ZooKeeper cannot be used as configured: %s.".formatted(e.getMessage()),
            "Correct the properties under spawn.cluster.zookeeper.");
      }
    }

    private static ZooKeeperSettings.@Nullable Auth auth(Zookeeper zookeeper) {
      String user = zookeeper.getUsername();
      String password = zookeeper.getPassword();
      return user == null
          ? null
          : ZooKeeperSettings.Auth.digest(user, password == null ? "" : password);
    }

    private static ZooKeeperSettings.@Nullable Tls tls(Tls tls) {
      return tls.isEnabled()
          ? new ZooKeeperSettings.Tls(
              keys(tls.getTrustStore(), tls.getStoreType(), tls.getTrustStorePassword()),
              keys(tls.getKeyStore(), tls.getStoreType(), tls.getKeyStorePassword()),
              tls.isVerifyHostnames())
          : null;
    }

    private static ZooKeeperSettings.Tls.@Nullable Keys keys(
        @Nullable String file, String type, String password) {
      return file == null ? null : new ZooKeeperSettings.Tls.Keys(Path.of(file), type, password);
    }
  }

  /** Members that find each other by the API server of Kubernetes. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnProperty(name = "spawn.cluster.type", havingValue = "kubernetes")
  @ConditionalOnClass(KubernetesMembership.class)
  static class Kubernetes {

    @Bean
    @ConditionalOnMissingBean
    Membership spawnMembership(
        SpawnClusterProperties properties, ActorSystemName system, Timers timers) {
      SpawnClusterProperties.Kubernetes kubernetes = properties.getKubernetes();
      try {
        return new KubernetesMembership(
            system.value(),
            new KubernetesSettings(
                kubernetes.getNamespace(),
                kubernetes.getServer(),
                kubernetes.getLease(),
                kubernetes.getRequestTimeout(),
                pod(kubernetes.getPodName(), kubernetes.getPodUid())),
            timers,
            Clock.systemUTC(),
            Thread.ofPlatform().daemon().name("spawn-kubernetes-", 0).factory());
      } catch (IllegalArgumentException e) {
        throw new InvalidConfigurationException(
            "Kubernetes cannot be used as configured: %s.".formatted(e.getMessage()),
            "Correct the properties under spawn.cluster.kubernetes.");
      }
    }

    private static KubernetesSettings.@Nullable Pod pod(
        @Nullable String name, @Nullable String uid) {
      return name == null && uid == null
          ? null
          : new KubernetesSettings.Pod(name == null ? "" : name, uid == null ? "" : uid);
    }
  }

  /**
   * Members that find each other in Kubernetes, by a module that this application does not have.
   */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnProperty(name = "spawn.cluster.type", havingValue = "kubernetes")
  @ConditionalOnMissingClass("org.spawnmesh.cluster.kubernetes.KubernetesMembership")
  static class WithoutKubernetes {

    @Bean
    @ConditionalOnMissingBean
    Membership spawnMembership() {
      throw new InvalidConfigurationException(
          "spawn.cluster.type is 'kubernetes', but the module that asks Kubernetes for members is"
              + " not there.",
          "Add the dependency org.spawnmesh:spawn-cluster-kubernetes, or set spawn.cluster.type to"
              + " 'zookeeper'.");
    }
  }

  /** Is there to be more than one node? */
  static final class OnMesh extends SpringBootCondition {

    @Override
    public ConditionOutcome getMatchOutcome(
        ConditionContext context, AnnotatedTypeMetadata metadata) {
      Type type =
          Binder.get(context.getEnvironment())
              .bind("spawn.cluster.type", Type.class)
              .orElse(Type.STANDALONE);
      return new ConditionOutcome(
          type != Type.STANDALONE, ConditionMessage.of("spawn.cluster.type is " + type));
    }
  }
}
