package org.spawnmesh.benchmarks.harness;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.spawnmesh.benchmarks.harness.Measurement.Subject;

class ReportTest {

  @Test
  void aLineReadBackIsTheMeasurement() {
    Measurement m = measured("mine", 1_234_567, 2).withHeapBytesPerActor(321);

    assertThat(Measurement.parse(m.toJson())).isEqualTo(m);
  }

  @Test
  void repetitionsOfSeveralJvmsBecomeTheirMedian() {
    List<Measurement> merged =
        Report.merge(
            List.of(
                measured("mine", 300, 1),
                measured("theirs", 50, 0),
                measured("mine", 100, 0),
                measured("mine", 200, 2)));

    assertThat(merged).extracting(m -> m.subject().peer()).containsExactly("mine", "theirs");
    assertThat(merged.getFirst().throughput()).isEqualTo(200);
    assertThat(merged.getFirst().reps()).containsExactly(300L, 100L, 200L);
    assertThat(merged.getFirst().errors()).isEqualTo(3);
  }

  @Test
  void theTablePutsPeersInRatio() {
    var out = new ByteArrayOutputStream();

    Report.print(
        List.of(measured("mine", 3_000, 0), measured("theirs", 2_000, 0)),
        new PrintStream(out, true, StandardCharsets.UTF_8));

    assertThat(out.toString(StandardCharsets.UTF_8))
        .contains("W1-ask  add  vt  1,000 actors  64 callers")
        .containsPattern("mine +3,000 .* 1\\.00 +1\\.50\n")
        .containsPattern("theirs +2,000 .* 0\\.67 +1\\.00\n");
  }

  private static Measurement measured(String peer, long throughput, long errors) {
    return new Measurement(
        new Subject(peer, "W1-ask", "add", "vt", 1_000, 64),
        throughput,
        12.3,
        456.7,
        0,
        new CpuUse(1.5, 0.25, 0.01),
        errors,
        List.of(throughput),
        OptionalLong.empty(),
        "a \"quoted\" back\\slash");
  }
}
