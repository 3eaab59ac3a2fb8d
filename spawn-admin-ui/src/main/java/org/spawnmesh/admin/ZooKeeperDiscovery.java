package org.spawnmesh.admin;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.cluster.Member;
import org.spawnmesh.cluster.zookeeper.ZooKeeperDirectory;
import org.spawnmesh.cluster.zookeeper.ZooKeeperSettings;
import org.spawnmesh.cluster.zookeeper.ZooKeeperSettings.Auth;
import org.spawnmesh.cluster.zookeeper.ZooKeeperSettings.Tls.Keys;

/** The members of every system in a ZooKeeper that told where their management API is. */
final class ZooKeeperDiscovery implements Discovery {

  private final ZooKeeperDirectory directory;

  ZooKeeperDiscovery(AdminProperties.Discovery.ZooKeeper properties) {
    directory =
        new ZooKeeperDirectory(
            ZooKeeperSettings.of(Objects.requireNonNull(properties.connectString()))
                .root(properties.root())
                .auth(auth(properties))
                .tls(tls(properties.tls())));
  }

  private static @Nullable Auth auth(AdminProperties.Discovery.ZooKeeper properties) {
    String user = properties.username();
    return user == null
        ? null
        : Auth.digest(user, Objects.requireNonNullElse(properties.password(), ""));
  }

  private static ZooKeeperSettings.@Nullable Tls tls(AdminProperties.Discovery.Tls tls) {
    return tls.enabled()
        ? new ZooKeeperSettings.Tls(
            keys(tls.trustStore(), tls.storeType(), tls.trustStorePassword()),
            keys(tls.keyStore(), tls.storeType(), tls.keyStorePassword()),
            tls.verifyHostnames())
        : null;
  }

  private static @Nullable Keys keys(@Nullable String file, String type, String password) {
    return file == null ? null : new Keys(Path.of(file), type, password);
  }

  @Override
  public List<URI> find() throws InterruptedException {
    return directory.members().stream()
        .map(Member::managementAddress)
        .flatMap(Optional::stream)
        .distinct()
        .sorted()
        .toList();
  }

  @Override
  public void close() {
    directory.close();
  }
}
