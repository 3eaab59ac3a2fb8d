package org.spawnmesh.spring.autoconfigure;

import java.util.List;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.spawnmesh.actor.ActorDefinition;
import org.spawnmesh.runtime.NodeStatus;
import org.spawnmesh.runtime.SpawnNode;
import org.spawnmesh.spring.ActorBeans;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.context.SmartLifecycle;

/**
 * The node's life within the application's.
 *
 * <pre>
 * all beans made ── actors registered: a wrong declaration ends the start here
 * phase N        ── join the mesh, accept calls
 * phase N + 1024 ── Spring Boot's web server starts, and listeners of messages after it
 *    …
 * last phase     ── give the actors to other nodes; see {@link Resignation}
 * phase N + 1024 ── the web server has finished its requests and stopped
 * phase N        ── refuse calls, finish what was accepted, save, leave
 * </pre>
 */
final class SpawnLifecycle implements SmartLifecycle, SmartInitializingSingleton {

  private static final Logger log = LoggerFactory.getLogger(SpawnLifecycle.class);

  /** Spring Boot's web server starts and stops at {@code DEFAULT_PHASE - 2048}. */
  static final int PHASE = DEFAULT_PHASE - 3072;

  private final SpawnNode node;
  private final ActorBeans actors;
  private final ActorSystemName system;
  private final SpawnProperties properties;

  SpawnLifecycle(
      SpawnNode node, ActorBeans actors, ActorSystemName system, SpawnProperties properties) {
    this.node = node;
    this.actors = actors;
    this.system = system;
    this.properties = properties;
  }

  @Override
  public void afterSingletonsInstantiated() {
    List<ActorDefinition> types =
        actors.registerWith(node, system.value(), properties.getStatestore().getHistory());
    log.info(
        "Actor system '{}' with {}, state in {}",
        system.value(),
        types.isEmpty()
            ? "no actors of this application"
            : types.stream().map(type -> type.type().name()).collect(Collectors.joining(", ")),
        node.store().describe());
  }

  @Override
  public void start() {
    node.start();
  }

  @Override
  public void stop() {
    node.drain(properties.getDrainTimeout());
  }

  @Override
  public boolean isRunning() {
    return node.status() != NodeStatus.NEW && node.status() != NodeStatus.STOPPED;
  }

  @Override
  public int getPhase() {
    return PHASE;
  }

  /** A node that left the mesh does not come back; the next start is a new node. */
  @Override
  public boolean isPauseable() {
    return false;
  }
}
