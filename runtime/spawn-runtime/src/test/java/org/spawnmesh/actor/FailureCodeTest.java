package org.spawnmesh.actor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Codes and their pages in {@code docs/errors} belong together. */
class FailureCodeTest {

  private static final Path PAGES =
      Path.of(System.getProperty("basedir", "")).toAbsolutePath().resolve("../../docs/errors");

  @Test
  void everyIdIsUniqueAndWellFormed() {
    assertThat(FailureCode.values())
        .extracting(FailureCode::id)
        .doesNotHaveDuplicates()
        .allMatch(id -> id.matches("SP[1-5]\\d{3}"));
  }

  @ParameterizedTest
  @EnumSource
  void everyCodeHasAdvice(FailureCode code) {
    assertThat(code.advice()).isNotBlank().endsWith(".").doesNotContain("\n");
  }

  @ParameterizedTest
  @EnumSource
  void everyCodeHasAPageWithItsIdAndName(FailureCode code) throws IOException {
    List<String> page = Files.readAllLines(page(code));
    assertThat(page.getFirst()).isEqualTo("# %s %s".formatted(code.id(), code));
    assertThat(page)
        .contains("## What happened to the action", "## Why", "## What to do", "## Retry");
  }

  /** A page that quotes a whole message is wrong when the code's words change. */
  @ParameterizedTest
  @EnumSource
  void quotedMessagesEndWithTheCodesAdvice(FailureCode code) throws IOException {
    String beginning = "    %s %s: ".formatted(code.id(), code);
    assertThat(Files.readAllLines(page(code)))
        .filteredOn(line -> line.startsWith(beginning) && line.contains(" The action "))
        .allMatch(line -> line.endsWith(". " + code.advice()));
  }

  @ParameterizedTest
  @EnumSource
  void theIndexListsEveryCode(FailureCode code) throws IOException {
    assertThat(Files.readString(PAGES.resolve("README.md")))
        .contains("| [%1$s](%1$s.md) | %2$s |".formatted(code.id(), code));
  }

  @Test
  void everyPageBelongsToACode() throws IOException {
    try (Stream<Path> files = Files.list(PAGES)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrderElementsOf(
              Stream.concat(
                      Stream.of("README.md"),
                      Arrays.stream(FailureCode.values()).map(code -> code.id() + ".md"))
                  .toList());
    }
  }

  private static Path page(FailureCode code) {
    return PAGES.resolve(code.id() + ".md");
  }
}
