package org.spawnmesh.proxy.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TraceHeadersTest {

  private static final String IDS = "-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-";
  private static final String PARENT = "00" + IDS + "03";

  @Test
  void headersTakeThePlaceOfTheMetadatasOwnTrace() {
    Map<String, String> metadata =
        Map.of("traceparent", "00" + IDS.replace('4', '5') + "01", "tracestate", "old=1", "a", "b");
    assertThat(TraceHeaders.merged(metadata, PARENT, List.of("x=1", "y=2")))
        .containsOnly(
            Map.entry("traceparent", PARENT),
            Map.entry("tracestate", "x=1,y=2"),
            Map.entry("a", "b"));
    assertThat(TraceHeaders.merged(metadata, PARENT, List.of()))
        .containsOnly(Map.entry("traceparent", PARENT), Map.entry("a", "b"));
    assertThat(TraceHeaders.merged(metadata, null, List.of("x=1"))).isSameAs(metadata);
    assertThat(TraceHeaders.merged(metadata, "broken", List.of("x=1"))).isSameAs(metadata);
  }

  @Test
  void metadataBecomesHeaders() {
    assertThat(TraceHeaders.lines(Map.of())).isEmpty();
    assertThat(TraceHeaders.lines(Map.of("tracestate", "x=1"))).isEmpty();
    assertThat(TraceHeaders.lines(Map.of("traceparent", "broken", "tracestate", "x=1"))).isEmpty();
    assertThat(TraceHeaders.lines(Map.of("traceparent", PARENT)))
        .isEqualTo("traceparent: " + PARENT + "\r\n");
    assertThat(TraceHeaders.lines(Map.of("traceparent", PARENT, "tracestate", "x=1")))
        .isEqualTo("traceparent: " + PARENT + "\r\ntracestate: x=1\r\n");
  }

  @Test
  void whatALaterVersionAddsIsNotRepeated() {
    assertThat(
            TraceHeaders.lines(Map.of("traceparent", "cc" + IDS + "01-more\r\nContent-Length: 0")))
        .isEqualTo("traceparent: 00" + IDS + "01\r\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "x=1\r\nContent-Length: 0", "x=1\n", "x=ü", "x=\u0000", "long"})
  void aStateThatIsNoneGoesNeitherWay(String text) {
    String state = text.equals("long") ? "x=" + "1".repeat(511) : text;
    assertThat(TraceHeaders.lines(Map.of("traceparent", PARENT, "tracestate", state)))
        .isEqualTo("traceparent: " + PARENT + "\r\n");
    assertThat(TraceHeaders.merged(Map.of(), PARENT, List.of(state)))
        .containsOnlyKeys("traceparent");
  }

  @Test
  void theLongestStateGoesBothWays() {
    String state = "x=" + "1".repeat(510);
    assertThat(TraceHeaders.lines(Map.of("traceparent", PARENT, "tracestate", state)))
        .endsWith(state + "\r\n");
    assertThat(TraceHeaders.merged(Map.of(), PARENT, List.of(state)))
        .containsEntry("tracestate", state);
  }
}
