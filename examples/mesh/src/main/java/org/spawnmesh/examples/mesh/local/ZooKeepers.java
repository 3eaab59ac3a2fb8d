package org.spawnmesh.examples.mesh.local;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.zookeeper.server.quorum.QuorumPeerMain;

/** A ZooKeeper of one server, or an ensemble of several, each a process. Not thread-safe. */
public final class ZooKeepers implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int TICK_MILLIS = 500;

  private final Path folder;
  private final String classPath;
  private final List<Integer> clientPorts;
  private final List<LocalProcess> servers = new ArrayList<>();

  private ZooKeepers(Path folder, String classPath, List<Integer> clientPorts) {
    this.folder = folder;
    this.classPath = classPath;
    this.clientPorts = clientPorts;
  }

  /** Starts them; they answer when this returns. */
  public static ZooKeepers start(int number, Path folder, String classPath)
      throws IOException, InterruptedException {
    List<Integer> ports = Ports.free(3 * number);
    String ensemble =
        number == 1
            ? ""
            : IntStream.range(0, number)
                .mapToObj(
                    i ->
                        "server.%d=127.0.0.1:%d:%d\n"
                            .formatted(i + 1, ports.get(number + i), ports.get(2 * number + i)))
                .collect(Collectors.joining());
    ZooKeepers all = new ZooKeepers(folder, classPath, ports.subList(0, number));
    for (int i = 0; i < number; i++) {
      Path data = Files.createDirectories(folder.resolve("zookeeper-" + (i + 1)));
      Files.writeString(data.resolve("myid"), Integer.toString(i + 1));
      Files.writeString(
          data.resolve("zoo.cfg"),
          """
          tickTime=%d
          initLimit=20
          syncLimit=4
          dataDir=%s
          clientPort=%d
          clientPortAddress=127.0.0.1
          admin.enableServer=false
          4lw.commands.whitelist=srvr
          %s"""
              .formatted(TICK_MILLIS, data, ports.get(i), ensemble));
      all.servers.add(all.server(i));
    }
    all.await();
    return all;
  }

  private LocalProcess server(int i) throws IOException {
    return LocalProcess.java(
        "zookeeper-" + (i + 1),
        folder,
        classPath,
        List.of("-Xmx64m", "-Dlogback.configurationFile=quiet.xml", "-Dlog.level=WARN"),
        QuorumPeerMain.class,
        List.of(folder.resolve("zookeeper-" + (i + 1)).resolve("zoo.cfg").toString()));
  }

  public String connectString() {
    return clientPorts.stream().map(port -> "127.0.0.1:" + port).collect(Collectors.joining(","));
  }

  /** Which of them leads, if any does now. */
  public OptionalInt leader() {
    return IntStream.range(0, servers.size())
        .filter(i -> mode(i).equals("leader") || mode(i).equals("standalone"))
        .findFirst();
  }

  public void kill(int server) {
    servers.get(server).close();
  }

  public void restart(int server) throws IOException {
    servers.set(server, server(server));
  }

  /**
   * Waits until all of them answer.
   *
   * @throws IllegalStateException if they do not
   */
  public void await() throws InterruptedException {
    for (int i = 0; i < servers.size(); i++) {
      int server = i;
      Conditions.await(
          "ZooKeeper's server %d answers".formatted(i + 1),
          PATIENCE,
          () -> !mode(server).isEmpty());
    }
  }

  /** "leader", "follower", "standalone", or empty if it does not serve. */
  private String mode(int server) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress("127.0.0.1", clientPorts.get(server)), 1_000);
      socket.setSoTimeout(1_000);
      socket.getOutputStream().write("srvr".getBytes(StandardCharsets.US_ASCII));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      return answer
          .lines()
          .filter(line -> line.startsWith("Mode: "))
          .map(line -> line.substring("Mode: ".length()))
          .findFirst()
          .orElse("");
    } catch (IOException e) {
      return "";
    }
  }

  @Override
  public void close() {
    servers.forEach(LocalProcess::close);
  }
}
