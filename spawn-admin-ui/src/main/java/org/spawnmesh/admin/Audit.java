package org.spawnmesh.admin;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Who did what. Each entry holds the hash of the one before it, so an entry that is changed or
 * taken out is noticed; one that is cut off at the end is noticed by whoever knows the last hash.
 * An attempt is written before it is made, its outcome after it. Thread-safe.
 */
final class Audit {

  private static final String BEGIN = "0".repeat(64);

  private final @Nullable Path file;
  private final InstantSource clock;
  private final JsonMapper json = JsonMapper.builder().build();
  private final List<String> lines = new ArrayList<>();
  private String last = BEGIN;

  /**
   * @param file null keeps it in memory
   */
  Audit(@Nullable Path file, InstantSource clock) {
    this.file = file;
    this.clock = clock;
    if (file != null && Files.exists(file)) {
      try {
        for (String line : Files.readAllLines(file)) {
          if (!line.isBlank()) {
            lines.add(line);
            last = hash(line);
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException("The audit in %s cannot be read".formatted(file), e);
      }
    }
  }

  /** Writes an attempt down, and answers its number for {@link #ended}. */
  synchronized long asked(String user, String system, String what, String target, String detail) {
    ObjectNode entry = json.createObjectNode();
    entry.put("user", user);
    entry.put("system", system);
    entry.put("what", what);
    entry.put("target", target);
    entry.put("detail", detail);
    return append(entry);
  }

  synchronized void ended(long number, String outcome) {
    ObjectNode entry = json.createObjectNode();
    entry.put("of", number);
    entry.put("outcome", outcome);
    append(entry);
  }

  private long append(ObjectNode entry) {
    long number = lines.size() + 1L;
    entry.put("number", number);
    entry.put("at", clock.instant().toString());
    entry.put("previous", last);
    String line = json.writeValueAsString(entry);
    if (file != null) {
      try {
        Files.writeString(
            file,
            line + "\n",
            StandardOpenOption.CREATE,
            StandardOpenOption.APPEND,
            StandardOpenOption.SYNC);
      } catch (IOException e) {
        throw new UncheckedIOException("The audit cannot be written to " + file, e);
      }
    }
    lines.add(line);
    last = hash(line);
    return number;
  }

  /** Entries, newest first, and the number of the first that does not fit the one before it. */
  synchronized ObjectNode read(int limit) {
    ObjectNode read = json.createObjectNode();
    List<String> now = lines;
    if (file != null) {
      try {
        now = Files.exists(file) ? Files.readAllLines(file) : List.of();
      } catch (IOException e) {
        throw new UncheckedIOException("The audit in %s cannot be read".formatted(file), e);
      }
    }
    Long broken = null;
    String expected = BEGIN;
    var entries = read.putArray("entries");
    List<JsonNode> parsed = new ArrayList<>();
    long number = 0;
    for (String line : now) {
      number++;
      JsonNode entry = parse(line);
      boolean fits =
          entry != null
              && entry.path("previous").asString("").equals(expected)
              && entry.path("number").asLong(-1) == number;
      if (!fits && broken == null) {
        broken = number;
      }
      expected = hash(line);
      if (entry != null) {
        parsed.add(entry);
      }
    }
    if (broken == null && !expected.equals(last)) {
      broken = number + 1; // what this process wrote last is not there
    }
    for (int i = parsed.size() - 1; i >= 0 && entries.size() < limit; i--) {
      entries.add(parsed.get(i));
    }
    read.put("lastHash", expected);
    if (broken == null) {
      read.putNull("brokenAt");
    } else {
      read.put("brokenAt", broken);
    }
    return read;
  }

  private @Nullable JsonNode parse(String line) {
    try {
      return json.readTree(line);
    } catch (JacksonException e) {
      return null;
    }
  }

  private static String hash(String line) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(line.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has SHA-256", e);
    }
  }
}
