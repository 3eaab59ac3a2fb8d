package org.spawnmesh.cluster.zookeeper;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.client.ZKClientConfig;
import org.apache.zookeeper.common.PathUtils;
import org.apache.zookeeper.data.ACL;
import org.jspecify.annotations.Nullable;

/**
 * How ZooKeeper is reached. Immutable; prints no secrets.
 *
 * @param connect the servers, {@code host:port} separated by commas
 * @param root the path below which everything is kept, made if it is not there; several meshes may
 *     share it, for each has a path by the name of its system
 * @param sessionTimeout after how long without a sign of life ZooKeeper takes this node for dead.
 *     The server may stretch it: it allows 2 to 20 of its ticks
 * @param connectionTimeout how long a call that needs ZooKeeper waits for it
 * @param auth who this node is to ZooKeeper; null if that does not matter. If it is given, only who
 *     has the same may read and write what is kept
 * @param tls how connections are encrypted; null if they are not
 */
public record ZooKeeperSettings(
    String connect,
    String root,
    Duration sessionTimeout,
    Duration connectionTimeout,
    @Nullable Auth auth,
    @Nullable Tls tls) {

  public ZooKeeperSettings {
    if (connect.isBlank()) {
      throw new IllegalArgumentException(
          "No ZooKeeper server is named; expected host:port, or several separated by commas");
    }
    PathUtils.validatePath(root);
    if (root.equals("/")) {
      throw new IllegalArgumentException("The ZooKeeper root path must be a path below '/'");
    }
    requirePositive("session", sessionTimeout);
    requirePositive("connection", connectionTimeout);
    if (connectionTimeout.compareTo(sessionTimeout) > 0) {
      throw new IllegalArgumentException(
          "The ZooKeeper connection timeout %s is longer than the session timeout %s"
              .formatted(connectionTimeout, sessionTimeout));
    }
  }

  /** Root {@code /spawn}, session timeout 6 s, connection timeout 3 s, no credentials, no TLS. */
  public static ZooKeeperSettings of(String connect) {
    return new ZooKeeperSettings(
        connect, "/spawn", Duration.ofSeconds(6), Duration.ofSeconds(3), null, null);
  }

  public ZooKeeperSettings root(String path) {
    return new ZooKeeperSettings(connect, path, sessionTimeout, connectionTimeout, auth, tls);
  }

  public ZooKeeperSettings timeouts(Duration session, Duration connection) {
    return new ZooKeeperSettings(connect, root, session, connection, auth, tls);
  }

  public ZooKeeperSettings auth(@Nullable Auth identity) {
    return new ZooKeeperSettings(connect, root, sessionTimeout, connectionTimeout, identity, tls);
  }

  public ZooKeeperSettings tls(@Nullable Tls encryption) {
    return new ZooKeeperSettings(
        connect, root, sessionTimeout, connectionTimeout, auth, encryption);
  }

  /**
   * Who this node is to ZooKeeper.
   *
   * @param scheme of ZooKeeper's authentication, usually {@code digest}
   * @param credentials as that scheme wants them, for {@code digest}: {@code user:password}
   */
  public record Auth(String scheme, String credentials) {

    /** ZooKeeper's own user and password. */
    public static Auth digest(String user, String password) {
      return new Auth("digest", user + ":" + password);
    }

    byte[] bytes() {
      return credentials.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
      return scheme + " ***";
    }
  }

  /**
   * TLS by files, as the ZooKeeper client takes it.
   *
   * @param trust the certificates that ZooKeeper's must lead back to; null for those the JDK trusts
   * @param identity this node's own key and certificate; null if ZooKeeper does not ask for one
   * @param verifyHostnames whether a server's certificate must name the host that was connected to
   */
  public record Tls(@Nullable Keys trust, @Nullable Keys identity, boolean verifyHostnames) {

    /**
     * A file with keys or certificates.
     *
     * @param type {@code PKCS12}, {@code JKS}, {@code PEM} or {@code BCFKS}
     * @param password empty if there is none
     */
    public record Keys(Path file, String type, String password) {

      @Override
      public String toString() {
        return file + " (" + type + ")";
      }
    }
  }

  /** What the client is told beside the timeouts. */
  ZKClientConfig client() {
    var config = new ZKClientConfig();
    Tls encryption = tls;
    if (encryption != null) {
      config.setProperty(ZKClientConfig.SECURE_CLIENT, "true");
      config.setProperty(
          ZKClientConfig.ZOOKEEPER_CLIENT_CNXN_SOCKET,
          "org.apache.zookeeper.ClientCnxnSocketNetty");
      config.setProperty(
          "zookeeper.ssl.hostnameVerification", Boolean.toString(encryption.verifyHostnames()));
      put(config, "zookeeper.ssl.trustStore", encryption.trust());
      put(config, "zookeeper.ssl.keyStore", encryption.identity());
    }
    return config;
  }

  private static void put(ZKClientConfig config, String property, Tls.@Nullable Keys keys) {
    if (keys != null) {
      config.setProperty(property + ".location", keys.file().toString());
      config.setProperty(property + ".type", keys.type());
      config.setProperty(property + ".password", keys.password());
    }
  }

  /** Who may do what with the znodes that are made. */
  List<ACL> acl() {
    return auth == null ? ZooDefs.Ids.OPEN_ACL_UNSAFE : ZooDefs.Ids.CREATOR_ALL_ACL;
  }

  private static void requirePositive(String which, Duration timeout) {
    Objects.requireNonNull(timeout);
    if (timeout.toMillis() < 1 || timeout.toMillis() > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "The ZooKeeper %s timeout %s is not between 1 ms and 24 days".formatted(which, timeout));
    }
  }
}
