package org.spawnmesh.controller.install;

import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.marcnuri.helm.Helm;
import com.marcnuri.helm.TemplateCommand;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.spawnmesh.controller.Manifests;
import org.spawnmesh.controller.Written;
import org.spawnmesh.controller.crd.Definitions;
import org.spawnmesh.controller.schema.StrictModel;
import org.spawnmesh.controller.schema.StructuralSchema;

/** deploy/ and examples/kubernetes/: made of the code, and valid. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class InstallationTest {

  private static final Path DEPLOY = Path.of("../deploy");
  private static final Path CHART = DEPLOY.resolve("helm/spawn-controller");
  private static final Path EXAMPLE = Path.of("../examples/kubernetes");

  /** What a user may say to Helm, by its path in values.yaml. */
  private static final Map<String, String> VALUES =
      Map.of(
          "{{ .Release.Namespace }}", Installation.DEFAULT.namespace(),
          "{{ .Values.image }}", Installation.DEFAULT.image(),
          "{{ .Values.proxyImage }}", Installation.DEFAULT.proxyImage(),
          "{{ .Values.replicas }}", "2");

  @TempDir private Path folder;

  @Test
  void theManifestsAreWhatTheClassesSay() throws IOException {
    Installation installation = Installation.DEFAULT;
    Written.check(
        DEPLOY.resolve("namespace.yaml"), Manifests.yaml(List.of(installation.namespaceObject())));
    Written.check(DEPLOY.resolve("rbac.yaml"), Manifests.yaml(installation.access()));
    Written.check(DEPLOY.resolve("controller.yaml"), Manifests.yaml(installation.workload()));
  }

  @Test
  void theChartIsWhatTheClassesSay() throws IOException {
    Installation chart =
        new Installation(
            "{{ .Release.Namespace }}", "{{ .Values.image }}", "{{ .Values.proxyImage }}");
    Written.check(CHART.resolve("templates/rbac.yaml"), Manifests.yaml(chart.access()));
    Written.check(
        CHART.resolve("templates/controller.yaml"),
        Manifests.yaml(chart.workload())
            .replace("  replicas: 2\n", "  replicas: {{ .Values.replicas }}\n"));
    for (var definition : Definitions.all()) {
      String file = definition.getSpec().getNames().getPlural() + ".yaml";
      Written.check(
          CHART.resolve("crds").resolve(file), Files.readString(DEPLOY.resolve("crds/" + file)));
    }
    Written.check(
        CHART.resolve("values.yaml"),
        """
        # Image of the controller.
        image: %s
        # Image of the proxy where a host names none.
        proxyImage: %s
        # Controllers; one leads, the others wait.
        replicas: 2
        """
            .formatted(Installation.DEFAULT.image(), Installation.DEFAULT.proxyImage()));
  }

  @Test
  void theChartGivesWhatKustomizeGives() throws IOException {
    List<ObjectNode> rendered = new ArrayList<>();
    for (String template : List.of("rbac.yaml", "controller.yaml")) {
      String text = Files.readString(CHART.resolve("templates/" + template));
      for (Map.Entry<String, String> value : VALUES.entrySet()) {
        text = text.replace(value.getKey(), value.getValue());
      }
      assertThat(text).doesNotContain("{{");
      Path file = Files.createTempFile("rendered", ".yaml");
      Files.writeString(file, text);
      rendered.addAll(Manifests.documents(file));
      Files.delete(file);
    }
    for (Path crd : files(CHART.resolve("crds"))) {
      rendered.addAll(Manifests.documents(crd));
    }
    List<ObjectNode> resources = resources();
    resources.removeIf(it -> it.path("kind").asText().equals("Namespace"));
    assertThat(rendered).containsExactlyInAnyOrderElementsOf(resources);
  }

  @Test
  void helmRendersIt() throws IOException {
    List<ObjectNode> wanted = resources();
    wanted.removeIf(
        it -> List.of("Namespace", "CustomResourceDefinition").contains(it.path("kind").asText()));
    assertThat(plain(helm(Map.of()))).containsExactlyInAnyOrderElementsOf(plain(wanted));
  }

  @Test
  void helmIsToldTheImagesAndHowMany() throws IOException {
    List<ObjectNode> rendered =
        helm(
            Map.of("image", "registry.example/controller:2", "proxyImage", "p:3", "replicas", "3"));
    ObjectNode deployment = only("Deployment", rendered);
    assertThat(deployment.at("/spec/replicas").intValue()).isEqualTo(3);
    assertThat(deployment.at("/spec/template/spec/containers/0/image").asText())
        .isEqualTo("registry.example/controller:2");
    assertThat(only("ConfigMap", rendered).path("data").toString()).contains("p:3");
  }

  @Test
  void helmRefusesAClusterThatIsTooOld() {
    assertThatThrownBy(template(CHART)::call).hasMessageContaining("requires kubeVersion: >=1.30");
  }

  /** What {@code helm template} prints, without the CRDs, which Helm installs by itself. */
  private List<ObjectNode> helm(Map<String, String> values) throws IOException {
    Path templates = Files.createDirectories(folder.resolve("chart/templates"));
    for (Path template : files(CHART.resolve("templates"))) {
      Files.copy(template, templates.resolve(template.getFileName()), REPLACE_EXISTING);
    }
    Path chart = templates.getParent();
    Files.copy(CHART.resolve("values.yaml"), chart.resolve("values.yaml"), REPLACE_EXISTING);
    // Helm without a cluster takes it for Kubernetes 1.20, and this library cannot be told another.
    Files.writeString(
        chart.resolve("Chart.yaml"),
        Files.readString(CHART.resolve("Chart.yaml")).replaceFirst("kubeVersion: .*", ""));
    TemplateCommand template = template(chart);
    values.forEach(template::set);
    Path rendered = Files.writeString(folder.resolve("rendered.yaml"), template.call());
    return Manifests.documents(rendered);
  }

  private static TemplateCommand template(Path chart) {
    return new Helm(chart)
        .template()
        .withName("spawn-controller")
        .withNamespace(Installation.DEFAULT.namespace());
  }

  private static ObjectNode only(String kind, List<ObjectNode> objects) {
    return objects.stream()
        .filter(it -> it.path("kind").asText().equals(kind))
        .reduce(
            (one, other) -> {
              throw new AssertionError("two objects of kind " + kind);
            })
        .orElseThrow();
  }

  @Test
  void kustomizeRendersIt() throws Exception {
    assumeTrue(isInstalled("kubectl"), "kubectl is not installed");
    Process process =
        new ProcessBuilder("kubectl", "kustomize", DEPLOY.toString())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    Path file = Files.createTempFile("kustomized", ".yaml");
    Files.writeString(file, output);
    assertThat(plain(Manifests.documents(file)))
        .containsExactlyInAnyOrderElementsOf(plain(resources()));
    Files.delete(file);
  }

  /** Kustomize writes 1.0 as 1. */
  private static List<Object> plain(List<ObjectNode> objects) {
    return objects.stream()
        .<Object>map(it -> it.toString().replaceAll("(\\d)\\.0([,}])", "$1$2"))
        .map(it -> Serialization.unmarshal((String) it, java.util.TreeMap.class))
        .<Object>map(it -> it)
        .toList();
  }

  @Test
  void thereAreThreeKindsAndAControllerWithItsRights() throws IOException {
    assertThat(resources())
        .extracting(it -> it.path("kind").asText())
        .containsOnlyOnce("Namespace", "Deployment", "ClusterRole", "ClusterRoleBinding", "Service")
        .filteredOn("CustomResourceDefinition"::equals)
        .hasSize(3);
  }

  static Stream<Path> manifests() throws IOException {
    List<Path> all = new ArrayList<>();
    for (Path folder : List.of(DEPLOY, EXAMPLE)) {
      try (Stream<Path> files = Files.walk(folder)) {
        files
            .filter(it -> it.toString().endsWith(".yaml"))
            .filter(it -> !it.startsWith(DEPLOY.resolve("helm")))
            .filter(it -> !it.endsWith("kustomization.yaml"))
            .forEach(all::add);
      }
    }
    return all.stream().sorted();
  }

  @ParameterizedTest
  @MethodSource("manifests")
  void everyManifestIsValid(Path file) throws IOException {
    for (ObjectNode object : Manifests.documents(file)) {
      String kind = object.path("kind").asText();
      List<String> problems =
          Definitions.all().stream()
              .filter(it -> it.getSpec().getNames().getKind().equals(kind))
              .findAny()
              .map(it -> new StructuralSchema(it).problems(object))
              .orElseGet(() -> StrictModel.problems(object));
      assertThat(problems).as("%s: %s", file, kind).isEmpty();
    }
  }

  @Test
  void aFieldThatDoesNotExistIsFound() {
    ObjectNode service =
        Serialization.unmarshal(
            "---\n{apiVersion: v1, kind: Service, metadata: {name: a}, spec: {selectors: {a: b}}}",
            ObjectNode.class);
    assertThat(StrictModel.problems(service)).containsExactly(".spec.selectors: is unknown");
    ObjectNode unknown =
        Serialization.unmarshal(
            "---\n{apiVersion: v1, kind: Servive, metadata: {name: a}}", ObjectNode.class);
    assertThat(StrictModel.problems(unknown)).isNotEmpty();
  }

  /** The resources of deploy/kustomization.yaml, which only lists them. */
  private static List<ObjectNode> resources() throws IOException {
    ObjectNode kustomization = Manifests.documents(DEPLOY.resolve("kustomization.yaml")).getFirst();
    assertThat(kustomization.fieldNames())
        .toIterable()
        .as("what Kustomize would change is not looked at here")
        .containsOnly("apiVersion", "kind", "resources");
    List<ObjectNode> objects = new ArrayList<>();
    for (var resource : kustomization.path("resources")) {
      objects.addAll(Manifests.documents(DEPLOY.resolve(resource.asText())));
    }
    return objects;
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted(Comparator.naturalOrder()).toList();
    }
  }

  private static boolean isInstalled(String program) {
    try {
      return new ProcessBuilder(program, "version", "--client")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
