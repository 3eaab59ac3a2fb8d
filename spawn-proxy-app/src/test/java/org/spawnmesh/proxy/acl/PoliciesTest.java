package org.spawnmesh.proxy.acl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.FailureCode;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.actor.Payload;
import org.spawnmesh.actor.SpawnException;

class PoliciesTest {

  private static final ActorId JOE = ActorId.of("shop", "joe", "joe");
  private static final ActorId ANN = ActorId.of("shop", "User", "ann");
  private static final ActorId STRANGER = ActorId.of("other", "joe", "joe");

  private static boolean allowed(Policies policies, ActorId caller, String action) {
    Invocation call =
        new Invocation(
            ActorId.of("shop", "target", "target"),
            action,
            Payload.NONE,
            Invocation.Mode.ASK,
            Invocation.NO_DEADLINE,
            caller,
            null,
            Map.of(),
            0);
    try {
      policies.check(call);
      return true;
    } catch (SpawnException e) {
      assertThat(e.code()).isEqualTo(FailureCode.ACCESS_DENIED);
      return false;
    }
  }

  private static Policies policies(String... files) {
    return new Policies(
        Arrays.stream(files).map(text -> PolicyFile.read("test.policy", text)).toList(), "test");
  }

  @Test
  void withoutPoliciesEverybodyMay() {
    assertThat(allowed(Policies.NONE, null, "x")).isTrue();
  }

  @Test
  void listsAreSeparatedByCommasAndMayBeQuoted() {
    Policies policies =
        policies("type: \"Allow\"\n# who\nactors: \"joe\", 'ann'\nactions: add, \"get\"\n");

    assertThat(allowed(policies, JOE, "add")).isTrue();
    assertThat(allowed(policies, ANN, "get")).isTrue();
    assertThat(allowed(policies, JOE, "remove")).isFalse();
    assertThat(allowed(policies, ActorId.of("shop", "bob", "bob"), "add")).isFalse();
  }

  @Test
  void callersFromOutsideAreMeantByTheWildcardAlone() {
    assertThat(allowed(policies("type: allow\nactors: joe"), null, "x")).isFalse();
    assertThat(allowed(policies("type: allow\nactor_systems: shop"), null, "x")).isFalse();
    assertThat(allowed(policies("type: allow\nactions: x"), null, "x")).isTrue();
    assertThat(allowed(policies("type: deny\nactors: joe"), null, "x")).isTrue();
    assertThat(allowed(policies("type: deny"), null, "x")).isFalse();
  }

  @Test
  void aDenyingPolicyAllowsAllOthersAndWinsOverAllowingOnes() {
    assertThat(allowed(policies("type: deny\nactors: joe"), ANN, "x")).isTrue();
    assertThat(allowed(policies("type: deny\nactors: joe"), JOE, "x")).isFalse();
    assertThat(allowed(policies("type: allow", "type: deny\nactors: joe"), JOE, "x")).isFalse();
    assertThat(allowed(policies("type: allow", "type: deny\nactors: joe"), ANN, "x")).isTrue();
    assertThat(allowed(policies("type: deny\nactors: joe", "type: deny\nactors: ann"), ANN, "x"))
        .isFalse();
  }

  @Test
  void theCallersSystemCounts() {
    Policies policies = policies("type: allow\nactor_systems: shop");

    assertThat(allowed(policies, JOE, "x")).isTrue();
    assertThat(allowed(policies, STRANGER, "x")).isFalse();
  }

  @Test
  void whatIsNotUnderstoodIsNotTakenForNoPolicy() {
    assertThatThrownBy(() -> PolicyFile.read("a.policy", "type: maybe"))
        .hasMessageContaining("a.policy")
        .hasMessageContaining("maybe");
    assertThatThrownBy(() -> PolicyFile.read("a.policy", "type: deny\nactor: joe"))
        .hasMessageContaining("Line 2");
    assertThatThrownBy(() -> PolicyFile.read("a.policy", "type: deny\ntype: allow"))
        .hasMessageContaining("twice");
    assertThatThrownBy(() -> PolicyFile.read("a.policy", "")).hasMessageContaining("type");
    for (String nobody : List.of("", "\"\"", ",", "\"joe", "joe'", "[\"joe\"")) {
      assertThatThrownBy(() -> PolicyFile.read("a.policy", "type: deny\nactors: " + nobody))
          .hasMessageContaining("actors");
    }
  }

  @Test
  void onlyPolicyFilesOfTheDirectoryCount(@TempDir Path directory) throws Exception {
    Files.writeString(directory.resolve("a.policy"), "type: deny");
    Files.writeString(directory.resolve("readme.txt"), "not a policy");

    assertThat(new PolicyDirectory(directory).read().all()).hasSize(1);
    assertThat(new PolicyDirectory(directory.resolve("none")).read().all()).isEmpty();
  }
}
