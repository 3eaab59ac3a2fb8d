package org.spawnmesh.admin;

import java.net.URI;
import java.util.List;

/** Finds nodes that nobody has listed. Thread-safe. */
interface Discovery extends AutoCloseable {

  /**
   * Management APIs of the nodes that there are now. May block.
   *
   * @throws RuntimeException if whoever knows them does not answer; its message says who
   */
  List<URI> find() throws InterruptedException;

  @Override
  void close();
}
