package org.spawnmesh.actor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which traces are taken for what they say. */
class TraceParentTest {

  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String SPAN = "00f067aa0ba902b7";

  @Test
  void readsWhatItWrites() {
    TraceParent sampled = new TraceParent(TRACE, SPAN, true);
    assertThat(sampled).hasToString("00-" + TRACE + "-" + SPAN + "-01");
    assertThat(TraceParent.parse(sampled.toString())).isEqualTo(sampled);
    TraceParent unsampled = new TraceParent(TRACE, SPAN, false);
    assertThat(TraceParent.of(Map.of("traceparent", unsampled.toString()))).isEqualTo(unsampled);
    assertThat(TraceParent.of(Map.of("tracestate", "a=b"))).isNull();
  }

  @Test
  void readsOtherFlagsAndLaterVersions() {
    String ids = TRACE + "-" + SPAN;
    assertThat(TraceParent.parse("00-" + ids + "-03"))
        .isEqualTo(new TraceParent(TRACE, SPAN, true));
    assertThat(TraceParent.parse("00-" + ids + "-fe"))
        .isEqualTo(new TraceParent(TRACE, SPAN, false));
    assertThat(TraceParent.parse("cc-" + ids + "-01-what the future will be like"))
        .isEqualTo(new TraceParent(TRACE, SPAN, true));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "00",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-011",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-",
        "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01.",
        "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        "00_4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736_00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7_01",
        "00-4bf92f3577b34da6a3ce929d0e0e473g-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902bg-01",
        "0x-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-\r\n",
      })
  void whatIsBrokenIsNoTrace(String text) {
    assertThat(TraceParent.parse(text)).isNull();
  }
}
