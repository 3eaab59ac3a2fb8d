package org.spawnmesh.test.cluster;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.cluster.PeerTransport;
import org.spawnmesh.cluster.PeerTransport.Inbox;
import org.spawnmesh.test.SimulatedNetwork;
import org.spawnmesh.test.VirtualTimers;
import org.spawnmesh.time.Timers;

/** The contract in virtual time; what is simulated must behave as what it stands for. */
class SimulatedNetworkTest extends PeerTransportContract {

  private static final Duration STEP = Duration.ofMillis(1);

  /** Virtual time after which a test that waits has failed. */
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private final VirtualTimers timers = new VirtualTimers();
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final SimulatedNetwork network = new SimulatedNetwork(timers, () -> STEP, () -> null);
  private final List<Site> sites = new ArrayList<>();

  @Override
  protected Timers timers() {
    return timers;
  }

  @Override
  protected int invocationLimit() {
    return 12_000;
  }

  @Override
  protected <T extends @Nullable Object> T await(CompletionStage<T> stage) throws Exception {
    long end = timers.nanoTime() + PATIENCE.toNanos();
    run();
    while (!stage.toCompletableFuture().isDone() && timers.nanoTime() - end < 0) {
      timers.advance(STEP);
      run();
    }
    return stage.toCompletableFuture().resultNow();
  }

  private void run() {
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      task.run();
    }
  }

  @Override
  protected Place place() {
    Site site = new Site();
    sites.add(site);
    return site;
  }

  private final class Site implements Place {

    private final String address = network.address();
    private SimulatedNetwork.Station station =
        network.stationAt(address, tasks::add); // the first life replaces it

    @Override
    public String address() {
      return address;
    }

    @Override
    public PeerTransport start(Inbox inbox, Timers clock) {
      station = network.stationAt(address, tasks::add, clock);
      station.start(inbox);
      return station;
    }

    @Override
    public void cut() {
      sites.forEach(other -> network.breakConnections(station, other.station));
    }

    @Override
    public void kill() {
      station.kill();
    }

    @Override
    public void silence() {
      sites.stream()
          .filter(other -> other != this)
          .forEach(other -> network.cut(station, other.station));
    }
  }
}
