package org.spawnmesh.transport.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.grpc.Status;
import io.netty.channel.ConnectTimeoutException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.spawnmesh.cluster.PeerTransport.Reach;

/** The parts that decide something by themselves. */
class SmallPartsTest {

  @Test
  void pausesGrowToTheirBound() {
    var backoff = new Backoff(Duration.ofMillis(50), Duration.ofSeconds(2));
    long[] whole = {50, 100, 200, 400, 800, 1600, 2000, 2000};
    for (int seed = 0; seed < 100; seed++) {
      var random = new Random(seed);
      for (int i = 0; i < whole.length; i++) {
        assertThat(backoff.after(i + 1, random))
            .isBetween(Duration.ofMillis(whole[i] / 2), Duration.ofMillis(whole[i]));
      }
      assertThat(backoff.after(Integer.MAX_VALUE, random)).isGreaterThan(Duration.ofMillis(999));
    }
  }

  @Test
  void pausesDiffer() {
    var backoff = new Backoff(Duration.ofMillis(50), Duration.ofSeconds(2));
    var random = new Random(1);
    assertThat(IntStream.range(0, 20).mapToObj(i -> backoff.after(3, random)).distinct())
        .hasSizeGreaterThan(10);
  }

  @Test
  void roomIsBoundedByNumberAndBytes() {
    var room = new Room(2, 100);
    assertThat(room.take(60)).isTrue();
    assertThat(room.take(41)).isFalse();
    assertThat(room.take(40)).isTrue();
    assertThat(room.take(0)).isFalse();
    room.give(60);
    assertThat(room.take(60)).isTrue();
    assertThat(room).hasToString("2 of 2, 100 of 100 bytes");
  }

  @Test
  void whatIsLargerThanTheRoomEntersWhenItIsEmpty() {
    var room = new Room(2, 100);
    assertThat(room.take(101)).isTrue();
    assertThat(room.take(1)).isFalse();
    room.give(101);
    assertThat(room.take(1)).isTrue();
    assertThat(room.take(101)).isFalse();
  }

  @Test
  void arrivalsCallOnceAndKeepTheOrder() {
    var arrivals = new Arrivals<Integer>();
    var taken = new ArrayDeque<Integer>();
    assertThat(arrivals.add(1)).isEqualTo(Arrivals.Added.CALL);
    assertThat(arrivals.add(2)).isEqualTo(Arrivals.Added.WAITS);
    arrivals.takeAll(taken);
    assertThat(arrivals.add(3)).isEqualTo(Arrivals.Added.CALL);
    arrivals.close(taken);
    assertThat(arrivals.add(4)).isEqualTo(Arrivals.Added.CLOSED);
    arrivals.takeAll(taken);
    arrivals.close(taken);
    assertThat(arrivals.add(5)).isEqualTo(Arrivals.Added.CLOSED);
    assertThat(taken).containsExactly(1, 2, 3);
  }

  @Test
  void whatManyThreadsAddIsTakenOnceInTheOrderOfEach() throws Exception {
    var arrivals = new Arrivals<int[]>();
    var taken = new ArrayDeque<int[]>();
    int each = 20_000;
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<Integer>> senders = new ArrayList<>();
      for (int sender = 0; sender < 4; sender++) {
        int own = sender;
        senders.add(
            () -> {
              for (int i = 0; i < each; i++) {
                arrivals.add(new int[] {own, i});
              }
              return own;
            });
      }
      List<Future<Integer>> running = senders.stream().map(threads::submit).toList();
      while (running.stream().anyMatch(sender -> !sender.isDone())) {
        arrivals.takeAll(taken);
      }
    }
    arrivals.close(taken);
    var next = new int[4];
    for (int[] item : taken) {
      assertThat(item[1]).isEqualTo(next[item[0]]++);
    }
    assertThat(next).containsOnly(each);
  }

  @Test
  void onlyAProofThatNobodyIsThereIsGone() {
    assertThat(Ends.reach(Status.NOT_FOUND)).isEqualTo(Reach.GONE);
    assertThat(Ends.reach(Status.UNIMPLEMENTED)).isEqualTo(Reach.GONE);
    assertThat(after(new ConnectException("Connection refused"))).isEqualTo(Reach.GONE);
    assertThat(
            after(new RuntimeException(new ConnectException("finishConnect: Connection refused"))))
        .isEqualTo(Reach.GONE);

    assertThat(after(new ConnectException("Connection timed out"))).isEqualTo(Reach.SILENT);
    assertThat(after(new ConnectTimeoutException("timed out"))).isEqualTo(Reach.SILENT);
    assertThat(after(new NoRouteToHostException("No route to host"))).isEqualTo(Reach.SILENT);
    assertThat(after(new UnknownHostException("node-b"))).isEqualTo(Reach.SILENT);
    assertThat(Ends.reach(Status.UNAVAILABLE)).isEqualTo(Reach.SILENT);
    assertThat(Ends.reach(Ends.OTHER_VERSION)).isEqualTo(Reach.SILENT);
  }

  private static Reach after(Throwable cause) {
    return Ends.reach(Status.UNAVAILABLE.withCause(cause));
  }

  @Test
  void peersAreToldAnAddressTheyCanUse() throws Exception {
    assertThat(ListenAddress.LOOPBACK.reachedAt(7)).isEqualTo("127.0.0.1:7");
    assertThat(new ListenAddress("0.0.0.0", 0, "10.0.0.7").reachedAt(7)).isEqualTo("10.0.0.7:7");
    assertThat(new ListenAddress("::", 0, "fd00::7").reachedAt(7)).isEqualTo("[fd00::7]:7");
    assertThat(new ListenAddress("0.0.0.0", 0, null).reachedAt(7))
        .endsWith(":7")
        .contains(InetAddress.getLocalHost().getHostAddress());
    assertThat(new ListenAddress("127.0.0.1", 7, "mesh.example", 443).reachedAt(7))
        .isEqualTo("mesh.example:443");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ListenAddress("127.0.0.1", 0, null, 70_000))
        .withMessage("The port to advertise to peers is 70000, not 0 to 65535");
  }

  @Test
  void addressesOfPeersAreRead() {
    assertThat(ListenAddress.parse("node-b.mesh:9010").getHostString()).isEqualTo("node-b.mesh");
    assertThat(ListenAddress.parse("[fd00::7]:9010").getHostString()).isEqualTo("fd00::7");
    assertThat(ListenAddress.parse("[fd00::7]:9010").getPort()).isEqualTo(9010);
    for (String wrong : List.of("node-b", ":9010", "node-b:", "node-b:x", "node-b:70000")) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> ListenAddress.parse(wrong))
          .withMessage("A peer's address is '%s', which is not host:port", wrong);
    }
  }

  @Test
  void settingsThatMakeNoSenseAreRefused() {
    var defaults = GrpcTransportSettings.DEFAULTS;
    assertThatIllegalArgumentException()
        .isThrownBy(() -> defaults.withEventLoops(0))
        .withMessage("eventLoops is 0, not above 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> defaults.withBackoff(Duration.ofSeconds(1), Duration.ofMillis(1)))
        .withMessage("backoffMost is PT0.001S, less than backoffLeast, which is PT1S");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> defaults.withFrameBytes(Integer.MAX_VALUE))
        .withMessageContaining("less than 2 GB");
  }
}
