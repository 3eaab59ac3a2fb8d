package org.spawnmesh.controller.crd;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionVersion;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.spawnmesh.controller.Written;
import org.spawnmesh.controller.api.ActorHost;
import org.spawnmesh.controller.api.ActorSystem;
import org.spawnmesh.controller.schema.StructuralSchema;

class DefinitionsTest {

  private static final List<CustomResourceDefinition> DEFINITIONS = Definitions.all();

  @Test
  void theFilesAreWhatTheClassesSay() throws IOException {
    for (CustomResourceDefinition definition : DEFINITIONS) {
      Written.check(
          Path.of("../deploy/crds", definition.getSpec().getNames().getPlural() + ".yaml"),
          Serialization.asYaml(definition));
    }
  }

  @Test
  void everyFieldIsExplained() {
    for (CustomResourceDefinition definition : DEFINITIONS) {
      Definitions.each(
          version(definition).getSchema().getOpenAPIV3Schema(),
          schema ->
              assertThat(schema.getProperties())
                  .allSatisfy((name, it) -> assertThat(it.getDescription()).as(name).isNotBlank()));
    }
  }

  @Test
  void namesAndColumnsAreThoseOfSpawnAndMore() {
    assertThat(DEFINITIONS)
        .extracting(it -> it.getMetadata().getName())
        .containsExactly(
            "activators.spawn-eigr.io", "actorhosts.spawn-eigr.io", "actorsystems.spawn-eigr.io");
    assertThat(DEFINITIONS).extracting(it -> it.getSpec().getScope()).containsOnly("Namespaced");
    assertThat(DEFINITIONS.get(1).getSpec().getNames().getShortNames())
        .containsExactly("ac", "ah", "actor", "actors", "hosts");
    assertThat(version(DEFINITIONS.get(1)).getAdditionalPrinterColumns())
        .extracting(column -> column.getName())
        .containsExactly(
            "System", "Embedded", "Desired", "Available", "Ready", "Reason", "Age", "Image", "SDK");
    assertThat(version(DEFINITIONS.get(1)).getSubresources().getScale().getLabelSelectorPath())
        .isEqualTo(".status.selector");
  }

  @ParameterizedTest
  @ValueSource(strings = {"system", "host"})
  void spawnsGettingStartedWorksAsItIs(String manifest) throws IOException {
    ObjectNode object = load(Path.of("src/test/resources/getting-started", manifest + ".yaml"));
    assertThat(problems(object)).isEmpty();
    Class<?> type = manifest.equals("host") ? ActorHost.class : ActorSystem.class;
    JsonNode back =
        Serialization.yamlMapper()
            .valueToTree(Serialization.yamlMapper().convertValue(object, type));
    assertThat(back.at("/metadata/namespace")).isEqualTo(object.at("/metadata/namespace"));
    assertThat(back.at("/spec/host/ports")).isEqualTo(object.at("/spec/host/ports"));
    assertThat(back.at("/spec/statestore/pool")).isEqualTo(object.at("/spec/statestore/pool"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"Sqlite", "Postgres", "MariaDB", "MySql", "CockroachDB", "MSSQL", "postgres"})
  void statestoresOfAnyCase(String type) {
    assertThat(problems(system("type: %s, credentialsSecretRef: db, pool: {size: 10}", type)))
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          statestore: {type: Native, credentialsSecretRef: db} | take Sqlite
          statestore: {type: Postgres} | credentialsSecretRef: is required
          statestore: {type: Postgres, credentialsSecretRef: db, pool: {size: true}} | a number or a string
          statestore: {type: Postgres, credentialsSecretRef: db, poolsize: 3} | poolsize: is unknown
          cluster: {} | statestore: is required
          statestore: {type: Sqlite, credentialsSecretRef: db}, cluster: {kind: gossip} | must be kubernetes or zookeeper
          statestore: {type: Sqlite, credentialsSecretRef: db}, cluster: {kind: ZooKeeper} | needs cluster.zookeeper
          statestore: {type: Sqlite, credentialsSecretRef: db}, cluster: {kind: kubernetes, zookeeper: {connectString: z}} | exclude each other
          statestore: {type: Sqlite, credentialsSecretRef: db}, cluster: {tls: {enabled: true}} | issuerName: is required
          statestore: {type: Sqlite, credentialsSecretRef: db}, management: {} | tokenSecretRef: is required
          statestore: {type: Sqlite, credentialsSecretRef: db}, management: {tokenSecretRef: ''} | too short
          """)
  void aWrongSystemIsRefused(String spec, String reason) {
    assertThat(problems(object("ActorSystem", "shop", spec))).anyMatch(it -> it.contains(reason));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          host: {} | image: is required
          host: {image: ''} | too short
          host: {image: a, sdk: cobol} | host.sdk must be
          host: {image: a, ports: [{name: a, containerPort: 1}, {name: b, containerPort: 1}]} | containerPort twice
          host: {image: a, ports: [{name: a, containerPort: 70000}]} | at most 65535
          host: {image: a}, replicas: -1 | at least 0
          host: {image: a}, autoscaler: {min: 3, max: 2} | must not be less
          host: {image: a}, autoscaler: {min: 3} | max: is required
          host: {image: a}, drainTimeoutSeconds: 0 | at least 1
          """)
  void aWrongHostIsRefused(String spec, String reason) {
    assertThat(problems(object("ActorHost", "cart", spec))).anyMatch(it -> it.contains(reason));
  }

  @Test
  void aNameThatCannotBecomeAServiceIsRefused() {
    assertThat(problems(object("ActorHost", "0a", "host: {image: a}")))
        .singleElement()
        .asString()
        .contains("begin with a letter");
    assertThat(problems(object("ActorHost", "a".repeat(50), "host: {image: a}"))).isEmpty();
    assertThat(problems(object("ActorHost", "a".repeat(51), "host: {image: a}"))).isNotEmpty();
  }

  @Test
  void whatKubernetesWritesIsKept() {
    ObjectNode host =
        object(
            "ActorHost",
            "cart",
            """
            host: {image: a, env: [{name: A, valueFrom: {secretKeyRef: {name: s, key: k}}}]},
            volumes: [{name: v, emptyDir: {sizeLimit: 1Gi}}],
            topology: {affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: []}}}
            """);
    assertThat(problems(host)).isEmpty();
  }

  private static ObjectNode system(String statestore, String type) {
    return object("ActorSystem", "shop", "statestore: {" + statestore.formatted(type) + "}");
  }

  private static ObjectNode object(String kind, String name, String spec) {
    return Serialization.unmarshal(
        "---\n{apiVersion: spawn-eigr.io/v1, kind: %s, metadata: {name: %s}, spec: {%s}}"
            .formatted(kind, name, spec),
        ObjectNode.class);
  }

  private static ObjectNode load(Path file) throws IOException {
    return Serialization.unmarshal(Files.readString(file), ObjectNode.class);
  }

  private static List<String> problems(ObjectNode object) {
    CustomResourceDefinition definition =
        DEFINITIONS.stream()
            .filter(it -> it.getSpec().getNames().getKind().equals(object.path("kind").asText()))
            .findAny()
            .orElseThrow();
    StructuralSchema schema = new StructuralSchema(definition);
    ObjectNode copy = object.deepCopy();
    schema.setDefaults(copy);
    return schema.problems(copy);
  }

  private static CustomResourceDefinitionVersion version(CustomResourceDefinition definition) {
    return definition.getSpec().getVersions().getFirst();
  }
}
