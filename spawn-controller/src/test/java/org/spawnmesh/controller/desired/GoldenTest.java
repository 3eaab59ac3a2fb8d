package org.spawnmesh.controller.desired;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.spawnmesh.controller.Manifests;
import org.spawnmesh.controller.Written;
import org.spawnmesh.controller.api.Activator;
import org.spawnmesh.controller.api.ActorHost;
import org.spawnmesh.controller.api.ActorSystem;

/** Each folder has what a user writes, and what comes of it; the latter was read by a human. */
class GoldenTest {

  private static final Path FOLDER = Path.of("src/test/resources/desired");
  private static final Settings SETTINGS = new Settings("spawn-proxy:test", true);
  private static final Pattern VARIABLE = Pattern.compile("`([A-Z][A-Z_]+)(…?)`");

  /** A test in examples/ starts processes with these. */
  @ParameterizedTest
  @ValueSource(strings = {"carts", "bank"})
  void whatComesOfTheShop(String name) throws IOException {
    Path folder = Path.of("../examples/kubernetes");
    ActorSystem system = Manifests.system(Files.readString(folder.resolve("system.yaml")));
    ActorHost host = Manifests.host(Files.readString(folder.resolve(name + ".yaml")));
    // As the kustomization does.
    system.getMetadata().setNamespace("shop");
    host.getMetadata().setNamespace("shop");
    Desired desired =
        HostObjects.of(
            host,
            system,
            List.of("bank", "carts"),
            new Settings("spawn-proxy:0.1.0-SNAPSHOT", false));
    assertThat(desired.wrong()).isEmpty();
    assertThat(desired.ignored()).isEmpty();
    assertThat(unknownVariables(desired.objects())).isEmpty();
    List<HasMetadata> objects = new ArrayList<>(SystemObjects.of(system));
    objects.addAll(desired.objects());
    Written.check(folder.resolve("made/" + name + ".yaml"), Manifests.yaml(objects));
  }

  @Test
  void whatComesOfTheShopsActivator() throws IOException {
    Path folder = Path.of("../examples/kubernetes");
    List<ActorHost> hosts = new ArrayList<>();
    for (String name : List.of("carts", "bank")) {
      hosts.add(Manifests.host(Files.readString(folder.resolve(name + ".yaml"))));
    }
    Activator activator = Manifests.activator(Files.readString(folder.resolve("nightly.yaml")));
    activator.getMetadata().setNamespace("shop");
    Desired desired =
        ActivatorObjects.of(activator, hosts, new Settings("spawn-proxy:0.1.0-SNAPSHOT", false));
    assertThat(desired.wrong()).isEmpty();
    assertThat(desired.ignored()).isEmpty();
    Written.check(folder.resolve("made/nightly.yaml"), Manifests.yaml(desired.objects()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"getting-started", "embedded", "sqlite", "everything", "encrypted"})
  void whatComesOfIt(String example) throws IOException {
    Path folder =
        example.equals("getting-started")
            ? Path.of("src/test/resources/getting-started")
            : FOLDER.resolve(example);
    ActorSystem system = Manifests.system(Files.readString(folder.resolve("system.yaml")));
    ActorHost host = Manifests.host(Files.readString(folder.resolve("host.yaml")));
    Desired desired = HostObjects.of(host, system, List.of(host.getMetadata().getName()), SETTINGS);
    assertThat(desired.wrong()).isEmpty();

    List<HasMetadata> objects = new ArrayList<>(SystemObjects.of(system));
    objects.addAll(desired.objects());
    Written.check(FOLDER.resolve(example).resolve("objects.yaml"), Manifests.yaml(objects));
    StringBuilder told = new StringBuilder();
    SystemObjects.ignored(system.getSpec()).forEach(it -> told.append(it).append('\n'));
    desired.ignored().forEach(it -> told.append(it).append('\n'));
    Written.check(FOLDER.resolve(example).resolve("ignored.txt"), told.toString());
    assertThat(unknownVariables(objects)).isEmpty();
  }

  /** Variables of nodes that their reference does not know. */
  private static Set<String> unknownVariables(List<HasMetadata> objects) throws IOException {
    Set<String> known = new HashSet<>();
    Set<String> prefixes = new HashSet<>();
    String reference = Files.readString(Path.of("../docs/reference/configuration.md"));
    reference = reference.substring(0, reference.indexOf("## Variables of Spawn without meaning"));
    for (Matcher it = VARIABLE.matcher(reference); it.find(); ) {
      (it.group(2).isEmpty() ? known : prefixes).add(it.group(1));
    }
    Set<String> set = new HashSet<>();
    for (HasMetadata object : objects) {
      JsonNode json = Manifests.json(object);
      json.path("data").fieldNames().forEachRemaining(set::add);
      for (JsonNode container : json.at("/spec/template/spec/containers")) {
        if (container.has("envFrom")) {
          container.path("env").forEach(variable -> set.add(variable.path("name").asText()));
        }
      }
    }
    set.removeIf(name -> !name.matches("(SPAWN|PROXY|USER_FUNCTION)_.*"));
    // Filled into SPAWN_STATESTORE_URL by the kubelet.
    set.removeIf(name -> name.startsWith("SPAWN_DATABASE_"));
    set.removeAll(known);
    set.removeIf(name -> prefixes.stream().anyMatch(name::startsWith));
    return set;
  }
}
