package org.spawnmesh.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A line that is changed or taken out of the audit is noticed. */
class AuditTest {

  private static final InstantSource NOON =
      InstantSource.fixed(Instant.parse("2026-03-01T12:00:00Z"));

  @TempDir private Path folder;
  private Path file;

  @BeforeEach
  void write() {
    file = folder.resolve("audit.jsonl");
    Audit audit = new Audit(file, NOON);
    for (int i = 0; i < 3; i++) {
      long number = audit.asked("ops", "shop", "pause", "Cart/" + i, "");
      audit.ended(number, "done");
    }
  }

  private Object brokenAt() {
    var read = new Audit(file, NOON).read(100);
    return read.get("brokenAt").isNull() ? "nowhere" : read.get("brokenAt").asLong();
  }

  @Test
  void itIsIntactAndReadsNewestFirstAlsoAfterARestart() {
    Audit again = new Audit(file, NOON);
    assertThat(again.asked("ops", "shop", "resume", "Cart/0", "")).isEqualTo(7);

    var read = again.read(2);
    assertThat(read.get("brokenAt").isNull()).isTrue();
    assertThat(read.at("/entries/0/what").asString()).isEqualTo("resume");
    assertThat(read.at("/entries/1/of").asLong()).isEqualTo(5);
    assertThat(read.get("entries").size()).isEqualTo(2);
  }

  @Test
  void aChangedLineIsNoticed() throws Exception {
    Files.writeString(file, Files.readString(file).replace("Cart/1", "Cart/9"));
    assertThat(brokenAt()).isEqualTo(4L);
  }

  @Test
  void aRemovedLineIsNoticed() throws Exception {
    List<String> lines = new ArrayList<>(Files.readAllLines(file));
    lines.remove(2);
    Files.write(file, lines);
    assertThat(brokenAt()).isEqualTo(3L);
  }

  @Test
  void aCutOffEndIsNoticedByTheProcessThatWroteIt() throws Exception {
    Audit audit = new Audit(file, NOON);
    List<String> lines = Files.readAllLines(file);
    Files.write(file, lines.subList(0, 4));

    assertThat(audit.read(100).get("brokenAt").asLong()).isEqualTo(5);
  }

  @Test
  void garbageIsNoticed() throws Exception {
    Files.writeString(file, "{}\n" + Files.readString(file));
    assertThat(brokenAt()).isEqualTo(1L);
  }
}
