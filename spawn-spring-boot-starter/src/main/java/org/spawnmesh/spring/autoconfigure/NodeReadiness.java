package org.spawnmesh.spring.autoconfigure;

import java.util.concurrent.atomic.AtomicBoolean;
import org.spawnmesh.runtime.NodeListener;
import org.spawnmesh.runtime.NodeStatus;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.context.ApplicationContext;

/**
 * Keeps traffic away while the node cannot take calls. The first time it accepts is not announced:
 * the application is ready when Spring Boot says so.
 */
final class NodeReadiness implements NodeListener {

  private final ApplicationContext context;
  private final AtomicBoolean refusing = new AtomicBoolean();

  NodeReadiness(ApplicationContext context) {
    this.context = context;
  }

  @Override
  public void statusChanged(NodeStatus status) {
    switch (status) {
      case REJOINING, LEAVING, DRAINING -> {
        if (refusing.compareAndSet(false, true)) {
          AvailabilityChangeEvent.publish(context, ReadinessState.REFUSING_TRAFFIC);
        }
      }
      case ACCEPTING -> {
        if (refusing.compareAndSet(true, false)) {
          AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
        }
      }
      default -> {}
    }
  }
}
