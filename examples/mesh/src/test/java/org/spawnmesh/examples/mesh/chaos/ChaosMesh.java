package org.spawnmesh.examples.mesh.chaos;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.examples.mesh.local.LocalMesh;
import org.spawnmesh.examples.mesh.local.LocalProcess;
import org.spawnmesh.examples.mesh.local.MeshNode;
import org.spawnmesh.examples.mesh.local.Ports;

/** Some nodes, of which some may be dead, stopped or just starting. Thread-safe. */
final class ChaosMesh implements AutoCloseable {

  /** A machine that builds something else beside it takes a minute to start a node. */
  private static final Duration PATIENCE = Duration.ofSeconds(180);

  private static final int FAILED_STARTS = 3;

  /** How a node is. */
  private enum Health {
    STARTING,
    UP,
    PAUSED
  }

  /** A node through all its lives; guarded by the mesh's monitor. */
  private static final class Slot {

    final String name;
    Health health = Health.STARTING;
    @Nullable LocalProcess process;
    @Nullable MeshNode node;

    Slot(String name) {
      this.name = name;
    }
  }

  private final LocalMesh how;
  private final Cables cables;
  private final List<Slot> slots;
  private final List<Throwable> failures = new ArrayList<>();
  private boolean closed;

  ChaosMesh(LocalMesh how, Cables cables, List<String> names) throws IOException {
    this.how = how;
    this.cables = cables;
    this.slots = names.stream().map(Slot::new).toList();
    for (Slot slot : slots) {
      start(slot);
    }
  }

  private synchronized void start(Slot slot) throws IOException {
    if (closed) {
      return;
    }
    int port = Ports.free();
    int advertised = cables.plug(slot.name, port);
    LocalProcess process =
        how.start(
            slot.name,
            Map.of(
                "spawn.cluster.transport.port", Integer.toString(port),
                "spawn.cluster.transport.advertised-host", "127.0.0.1",
                "spawn.cluster.transport.advertised-port", Integer.toString(advertised)));
    cables.name(process.pid(), slot.name);
    slot.process = process;
    slot.node = null;
    slot.health = Health.STARTING;
    Thread.ofVirtual().start(() -> await(slot, process));
  }

  private void await(Slot slot, LocalProcess process) {
    try {
      MeshNode node = how.await(process);
      synchronized (this) {
        slot.node = node;
        slot.health = Health.UP;
        notifyAll();
      }
    } catch (IllegalStateException e) {
      startAgain(slot, process, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** As every platform does; a start may fail because too much is down just then. */
  private synchronized void startAgain(Slot slot, LocalProcess process, Throwable why) {
    if (closed || slot.process != process) {
      return;
    }
    failures.add(why);
    if (failures.size() > FAILED_STARTS) {
      notifyAll();
      return;
    }
    try {
      kill(slot.name);
    } catch (IOException e) {
      failures.add(e);
    }
  }

  /** A node that is up while another one is, too; waits for one. */
  synchronized String victim(Random random) throws InterruptedException {
    await(2);
    List<Slot> up = up();
    return up.get(random.nextInt(up.size())).name;
  }

  /** Waits until so many are up. */
  synchronized void await(int number) throws InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (up().size() < number) {
      if (failures.size() > FAILED_STARTS) {
        throw new IllegalStateException("Nodes do not start", failures.getLast());
      }
      long left = Duration.ofNanos(end - System.nanoTime()).toMillis();
      if (left <= 0) {
        throw new IllegalStateException("%d nodes are not up in time".formatted(number));
      }
      wait(left);
    }
  }

  private List<Slot> up() {
    return slots.stream().filter(slot -> slot.health == Health.UP).toList();
  }

  synchronized List<MeshNode> nodes() {
    List<MeshNode> nodes = new ArrayList<>();
    for (Slot slot : slots) {
      if (slot.node != null) {
        nodes.add(slot.node);
      }
    }
    return nodes;
  }

  /** Somebody to call: perhaps one that does not move, but not often. */
  synchronized MeshNode pick(Random random) throws InterruptedException {
    while (true) {
      List<Slot> up = up();
      List<MeshNode> all = nodes();
      if (!up.isEmpty() && random.nextInt(10) > 0) {
        MeshNode node = up.get(random.nextInt(up.size())).node;
        if (node != null) {
          return node;
        }
      } else if (!all.isEmpty()) {
        return all.get(random.nextInt(all.size()));
      }
      wait();
    }
  }

  /** SIGKILL, and another start at once. */
  synchronized void kill(String name) throws IOException {
    Slot slot = slot(name);
    cables.unplug(name);
    if (slot.process != null) {
      slot.process.close();
    }
    start(slot);
  }

  synchronized void pause(String name) {
    Slot slot = slot(name);
    if (slot.process != null) {
      slot.process.pause();
      slot.health = Health.PAUSED;
    }
  }

  synchronized void resume(String name) {
    Slot slot = slot(name);
    if (slot.process != null) {
      slot.process.resume();
      slot.health = Health.UP;
      notifyAll();
    }
  }

  private Slot slot(String name) {
    return slots.stream().filter(slot -> slot.name.equals(name)).findFirst().orElseThrow();
  }

  @Override
  public synchronized void close() {
    closed = true;
    for (Slot slot : slots) {
      if (slot.process != null) {
        slot.process.close();
      }
    }
  }
}
