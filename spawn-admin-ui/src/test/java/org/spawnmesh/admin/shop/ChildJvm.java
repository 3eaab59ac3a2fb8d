package org.spawnmesh.admin.shop;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Programs of the tests, each in a JVM of its own. */
public final class ChildJvm {

  private ChildJvm() {}

  /** A JVM with these flags. */
  public static List<String> java(String... flags) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--enable-native-access=ALL-UNNAMED");
    command.addAll(List.of(flags));
    return command;
  }

  /** A class of the tests, with what they have on the class path. */
  public static List<String> main(Class<?> program) {
    return List.of("-cp", System.getProperty("java.class.path"), program.getName());
  }

  /**
   * @param settings Spring's properties
   * @param log where it writes to
   */
  public static Process start(
      List<String> java, List<String> program, Map<String, String> settings, Path log)
      throws IOException {
    List<String> command = new ArrayList<>(java);
    command.addAll(program);
    settings.forEach((name, value) -> command.add("--" + name + "=" + value));
    File file = log.toFile();
    return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(file).start();
  }

  /** A port of this machine that nobody listens on now. */
  public static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
