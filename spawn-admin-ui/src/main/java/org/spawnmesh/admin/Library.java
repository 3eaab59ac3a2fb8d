package org.spawnmesh.admin;

import org.springframework.util.ClassUtils;

/** What the program brings, and an application adds if it wants it in its own console. */
enum Library {
  KUBERNETES(
      "io.fabric8.kubernetes.client.KubernetesClient",
      "io.fabric8:kubernetes-client and io.fabric8:kubernetes-httpclient-jdk"),
  ZOOKEEPER(
      "org.spawnmesh.cluster.zookeeper.ZooKeeperDirectory",
      "org.spawnmesh:spawn-cluster-zookeeper");

  private final String type;
  private final String artifacts;

  Library(String type, String artifacts) {
    this.type = type;
    this.artifacts = artifacts;
  }

  /**
   * @param property that makes it necessary
   * @throws IllegalStateException if it is not there
   */
  void require(String property) {
    if (!ClassUtils.isPresent(type, Library.class.getClassLoader())) {
      throw new IllegalStateException(
          "%s is set, but %s is not on the class path. Add the dependency %s."
              .formatted(property, type, artifacts));
    }
  }
}
