package org.spawnmesh.controller;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Files that are made of the code, and committed. */
public final class Written {

  private Written() {}

  /** Fails if the file says something else; {@code -Dspawn.docs.write=true} writes it anew. */
  public static void check(Path file, String content) throws IOException {
    if (Boolean.getBoolean("spawn.docs.write")) {
      Files.createDirectories(file.toAbsolutePath().getParent());
      Files.writeString(file, content);
    }
    assertThat(file).as("-Dspawn.docs.write=true makes it anew").exists();
    assertThat(Files.readString(file))
        .as("%s; -Dspawn.docs.write=true writes it anew", file)
        .isEqualTo(content);
  }
}
