package org.spawnmesh.examples.mesh.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Stream;

/** Which process has which socket, as Linux shows it. */
final class Sockets {

  private Sockets() {}

  /**
   * @param port of the process's own end of a connection
   * @return one of {@code processes}, or 0 if it is none of them
   */
  static long owner(int port, Set<Long> processes) {
    String local = ":%04X".formatted(port);
    for (String table : new String[] {"/proc/net/tcp6", "/proc/net/tcp"}) {
      try (Stream<String> lines = Files.lines(Path.of(table))) {
        for (String line : lines.skip(1).toList()) {
          String[] fields = line.strip().split("\\s+");
          if (fields[1].endsWith(local)) {
            String socket = "socket:[" + fields[9] + "]";
            for (long pid : processes) {
              if (has(pid, socket)) {
                return pid;
              }
            }
          }
        }
      } catch (IOException e) {
        // there is no such table
      }
    }
    return 0;
  }

  private static boolean has(long pid, String socket) {
    try (Stream<Path> files = Files.list(Path.of("/proc/" + pid + "/fd"))) {
      return files.anyMatch(file -> socket.equals(target(file)));
    } catch (IOException e) {
      return false;
    }
  }

  private static String target(Path file) {
    try {
      return Files.readSymbolicLink(file).toString();
    } catch (IOException e) {
      return "";
    }
  }
}
