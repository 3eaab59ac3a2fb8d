package org.spawnmesh.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The Java that people read in the documentation is code that is compiled here, up to white space
 * and a line with "…" for what is left out.
 */
class SnippetsTest {

  private static final Path ROOT = Path.of("../..");
  private static final Pattern SNIPPET = Pattern.compile("```java\\n(.*?)```", Pattern.DOTALL);
  private static final Pattern TAG = Pattern.compile("(?m)^\\s*// (tag|end)::.*$");
  private static final Pattern LEFT_OUT = Pattern.compile("(?m)^\\s*(// )?…\\s*$");

  /** Files of a folder, without what builds have made. */
  private static List<Path> files(Path folder, String ending) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(it -> it.toString().endsWith(ending))
          .filter(it -> !it.toString().contains("/target/"))
          .sorted()
          .toList();
    }
  }

  private static String bare(String code) {
    return TAG.matcher(code).replaceAll("").replaceAll("\\s+", "");
  }

  private static String compiled() throws IOException {
    StringBuilder all = new StringBuilder();
    for (Path file : files(ROOT.resolve("examples"), ".java")) {
      all.append(bare(Files.readString(file))).append('\n');
    }
    return all.toString();
  }

  /** What of a page's snippets is in no compiled file. */
  private static List<String> missing(String page, String compiled) {
    List<String> missing = new ArrayList<>();
    for (Matcher snippet = SNIPPET.matcher(page); snippet.find(); ) {
      for (String part : LEFT_OUT.split(snippet.group(1))) {
        if (!compiled.contains(bare(part))) {
          missing.add(part);
        }
      }
    }
    return missing;
  }

  static Stream<Path> pages() throws IOException {
    List<Path> pages = new ArrayList<>(files(ROOT.resolve("docs"), ".md"));
    pages.add(ROOT.resolve("README.md"));
    List<Path> withJava = new ArrayList<>();
    for (Path page : pages) {
      if (Files.readString(page).contains("```java")) {
        withJava.add(page);
      }
    }
    return withJava.stream();
  }

  @ParameterizedTest
  @MethodSource("pages")
  void theCodeOfAPageIsCompiled(Path page) throws IOException {
    assertThat(missing(Files.readString(page), compiled())).as("%s", page).isEmpty();
  }

  @Test
  void codeThatIsNowhereIsFound() {
    String page = "```java\nint a = 1;\n…\nint b = 2;\n```";
    assertThat(missing(page, bare("int a =\n1;"))).containsExactly("\nint b = 2;\n");
  }
}
