package org.spawnmesh.examples.mesh.local;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How nodes of an application are started as one mesh. Immutable.
 *
 * @param folder where they leave their logs
 * @param classPath with the application, {@link Leash}, and all they need
 * @param application its main class
 * @param properties of all nodes, beside the addresses of ZooKeeper and the database
 * @param timeout how long calls to the nodes may take
 */
public record LocalMesh(
    Path folder,
    String classPath,
    Class<?> application,
    String zooKeeper,
    String jdbcUrl,
    Map<String, String> properties,
    Duration timeout) {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Starts a process that becomes a node; see {@link #await(LocalProcess)}. */
  public LocalProcess start(String name, Map<String, String> more) throws IOException {
    List<String> arguments = new ArrayList<>();
    arguments.add("--server.port=0");
    arguments.add("--spring.main.banner-mode=off");
    arguments.add("--spawn.cluster.node=" + name);
    arguments.add("--spawn.cluster.zookeeper.connect-string=" + zooKeeper);
    arguments.add("--spawn.cluster.transport.host=127.0.0.1");
    arguments.add("--spawn.statestore.url=" + jdbcUrl);
    properties.forEach((key, value) -> arguments.add("--" + key + "=" + value));
    more.forEach((key, value) -> arguments.add("--" + key + "=" + value));
    return LocalProcess.java(name, folder, classPath, List.of("-Xmx192m"), application, arguments);
  }

  /**
   * Waits until the process is a member of the mesh and takes requests.
   *
   * @throws IllegalStateException if it does not come so far
   */
  public MeshNode await(LocalProcess process) throws InterruptedException {
    return MeshNode.started(process, timeout);
  }

  /**
   * Waits until all nodes are in one view that has these nodes and no other, and no shard is being
   * moved.
   *
   * @return that view's number
   * @throws IllegalStateException if they do not agree
   */
  public static long awaitAgreement(List<MeshNode> nodes) throws InterruptedException {
    Set<String> names = new HashSet<>();
    nodes.forEach(node -> names.add(node.name()));
    long[] agreed = new long[1];
    Conditions.await(
        "all of %s see one mesh of exactly them, and have settled".formatted(names),
        PATIENCE,
        () -> {
          long number = 0;
          for (MeshNode node : nodes) {
            MeshNode.View view = seen(node);
            if (view == null
                || view.number() == 0
                || view.members().size() != names.size()
                || !names.equals(Set.copyOf(view.members()))
                || view.opening() > 0
                || (number != 0 && number != view.number())) {
              return false;
            }
            number = view.number();
          }
          agreed[0] = number;
          return true;
        });
    return agreed[0];
  }

  private static MeshNode.@Nullable View seen(MeshNode node) {
    try {
      return node.view().orElse(null);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    }
  }
}
