package org.spawnmesh.admin;

import java.net.URI;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.spawnmesh.cluster.Member;
import org.spawnmesh.cluster.zookeeper.ZooKeeperDirectory;
import org.spawnmesh.cluster.zookeeper.ZooKeeperSettings;

/** The members of every system in a ZooKeeper that told where their management API is. */
final class ZooKeeperDiscovery implements Discovery {

  private final ZooKeeperDirectory directory;

  ZooKeeperDiscovery(AdminProperties.Discovery.ZooKeeper properties) {
    ZooKeeperSettings settings =
        ZooKeeperSettings.of(Objects.requireNonNull(properties.getConnectString()))
            .root(properties.getRoot());
    String user = properties.getUsername();
    String password = properties.getPassword();
    directory =
        new ZooKeeperDirectory(
            user == null
                ? settings
                : settings.auth(
                    ZooKeeperSettings.Auth.digest(user, password == null ? "" : password)));
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
