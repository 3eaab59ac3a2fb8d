package org.spawnmesh.proxy.acl;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The policy files of a directory. They are read once, at the start. */
record PolicyDirectory(Path path) {

  /** No directory and no files are no policies: everything is allowed. */
  Policies read() {
    if (!Files.isDirectory(path)) {
      return Policies.NONE;
    }
    try (Stream<Path> files = Files.list(path)) {
      List<Policy> policies =
          files
              .filter(file -> file.getFileName().toString().endsWith(".policy"))
              .sorted()
              .map(PolicyDirectory::policy)
              .toList();
      return new Policies(policies, path.toString());
    } catch (IOException e) {
      throw new UncheckedIOException("The policies in " + path + " cannot be read", e);
    }
  }

  private static Policy policy(Path file) {
    try {
      return PolicyFile.read(file.toString(), Files.readString(file));
    } catch (IOException e) {
      throw new InvalidPolicyException(file.toString(), 0, e.toString());
    }
  }
}
