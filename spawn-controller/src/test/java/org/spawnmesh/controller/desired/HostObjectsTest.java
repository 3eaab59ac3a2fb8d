package org.spawnmesh.controller.desired;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.spawnmesh.controller.Manifests;
import org.spawnmesh.controller.api.ActorHost;
import org.spawnmesh.controller.api.ActorSystem;

class HostObjectsTest {

  private static final Settings SETTINGS = new Settings("spawn-proxy:test", false);
  private static final ActorSystem SHOP =
      Manifests.shop("statestore: {type: Postgres, credentialsSecretRef: db}");
  private static final ActorSystem FILE =
      Manifests.shop("statestore: {type: Sqlite, credentialsSecretRef: db}");

  @Test
  void twoHostsOfOneSystemSelectDifferentPods() {
    JsonNode a = find(desired(SHOP, Manifests.host("a", "host: {image: a}")), "Deployment");
    JsonNode b = find(desired(SHOP, Manifests.host("b", "host: {image: b}")), "Deployment");
    JsonNode selector = a.at("/spec/selector/matchLabels");
    JsonNode others = b.at("/spec/template/metadata/labels");
    assertThat(selector.properties())
        .anyMatch(label -> !label.getValue().equals(others.path(label.getKey())));
    assertThat(selector.path(Labels.SYSTEM).asText()).isEqualTo("shop");
    assertThat(selector.properties())
        .allMatch(
            label ->
                label
                    .getValue()
                    .equals(a.at("/spec/template/metadata/labels").path(label.getKey())));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          replicas: 2 | set replicas to 1
          autoscaler: {max: 2} | 2 replicas are asked for
          """)
  void aFileIsForOneNode(String more, String reason) {
    Desired desired = desired(FILE, Manifests.host("a", "host: {image: a}, " + more));
    assertThat(desired.objects()).isEmpty();
    assertThat(desired.wrong()).singleElement().asString().contains(reason);
  }

  @Test
  void aFileIsForOneHost() {
    ActorHost second = Manifests.host("b", "host: {image: b}");
    assertThat(HostObjects.of(second, FILE, List.of("b", "a"), SETTINGS).wrong())
        .singleElement()
        .asString()
        .contains("a is in it");
    ActorHost first = Manifests.host("a", "host: {image: a}");
    assertThat(HostObjects.of(first, FILE, List.of("b", "a"), SETTINGS).wrong()).isEmpty();
  }

  @Test
  void theFileOutlivesTheHost() {
    JsonNode claim =
        find(desired(FILE, Manifests.host("a", "host: {image: a}")), "PersistentVolumeClaim");
    assertThat(claim.at("/metadata/ownerReferences")).isEmpty();
    assertThat(claim.at("/metadata/labels/app.kubernetes.io~1managed-by").asText())
        .isEqualTo(Labels.CONTROLLER);
  }

  @ParameterizedTest
  @CsvSource({
    "'', 8090",
    "'{name: http, containerPort: 8091}', 8091",
    "'{name: http, containerPort: 80}', 8090",
    "'{name: a, containerPort: 8091}, {name: b, containerPort: 8090}', 8090"
  })
  void theProxyCallsTheApplicationWhereItsSdkListens(String ports, String expected) {
    Desired desired =
        desired(SHOP, Manifests.host("a", "host: {image: a, ports: [" + ports + "]}"));
    assertThat(find(desired, "ConfigMap").at("/data/USER_FUNCTION_PORT").asText())
        .isEqualTo(expected);
  }

  @Test
  void aPodIsGivenTheTimeItsDrainNeeds() {
    JsonNode pod =
        pod(desired(SHOP, Manifests.host("a", "host: {image: a}, drainTimeoutSeconds: 100")));
    assertThat(pod.path("terminationGracePeriodSeconds").asInt()).isEqualTo(115);
    assertThat(pod.at("/containers/0/lifecycle/preStop/sleep/seconds").asInt()).isEqualTo(5);
    assertThat(pod.at("/containers/1/lifecycle/preStop/sleep/seconds").asInt()).isEqualTo(105);
    JsonNode raised =
        pod(
            desired(
                SHOP, Manifests.host("a", "host: {image: a}, terminationGracePeriodSeconds: 3")));
    assertThat(raised.path("terminationGracePeriodSeconds").asInt()).isEqualTo(40);
  }

  @Test
  void aChangedSettingReplacesThePods() {
    JsonNode before = pod(SHOP, "host: {image: a}");
    JsonNode after = pod(SHOP, "host: {image: a}, drainTimeoutSeconds: 26");
    assertThat(before.at("/metadata/annotations")).isNotEqualTo(after.at("/metadata/annotations"));
  }

  private static JsonNode pod(ActorSystem system, String spec) {
    return find(desired(system, Manifests.host("a", spec)), "Deployment").at("/spec/template");
  }

  @Test
  void theApplicationHasNoTokenOfTheClusterUnlessItIsTheNode() {
    JsonNode beside = pod(desired(SHOP, Manifests.host("a", "host: {image: a}")));
    assertThat(beside.path("automountServiceAccountToken").asBoolean(true)).isFalse();
    assertThat(beside.at("/containers/0/volumeMounts").toString()).contains("spawn-token");
    assertThat(beside.at("/containers/1").toString()).doesNotContain("spawn-token");
    JsonNode inside = pod(desired(SHOP, Manifests.host("a", "host: {image: a, embedded: true}")));
    assertThat(inside.at("/containers/0/volumeMounts").toString()).contains("spawn-token");
  }

  @ParameterizedTest
  @CsvSource({"Postgres, false", "Postgres, true", "Sqlite, false"})
  void theManagementApiIsOpenedToWhoHasTheToken(String statestore, boolean embedded) {
    String spec = "statestore: {type: %s, credentialsSecretRef: db}".formatted(statestore);
    ActorHost host = Manifests.host("a", "host: {image: a, embedded: %s}".formatted(embedded));
    assertThat(Manifests.json(desired(Manifests.shop(spec), host).objects()).toString())
        .as("closed unless it is asked for")
        .doesNotContain("9091", "MANAGEMENT_TOKEN", "spawn-eigr.io/console");

    Desired open = desired(Manifests.shop(spec + ", management: {tokenSecretRef: t}"), host);
    JsonNode settings = find(open, "ConfigMap").path("data");
    assertThat(settings.path("SPAWN_MANAGEMENT_PORT").asText()).isEqualTo("9091");
    assertThat(settings.path("SPAWN_MANAGEMENT_ADDRESS").asText()).isEqualTo("0.0.0.0");
    JsonNode node = pod(open).at("/containers/0");
    assertThat(node.path("env").toString())
        .contains(
            "{\"name\":\"SPAWN_MANAGEMENT_TOKEN\",\"valueFrom\":{\"secretKeyRef\":"
                + "{\"key\":\"token\",\"name\":\"t\"}}}");
    assertThat(node.path("ports").findValuesAsText("containerPort")).contains("9091");
    assertThat(pod(open).at("/containers/1").toString()).doesNotContain("MANAGEMENT");
    assertThat(find(open, "Service").toString()).doesNotContain("9091");
    assertThat(find(open, "NetworkPolicy").at("/spec/ingress"))
        .filteredOn(rule -> rule.toString().contains("9091"))
        .singleElement()
        .asString()
        .contains("{\"spawn-eigr.io/console\":\"true\"}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          '' | {name: web, containerPort: 9091} | port 9091 (web) is the node's own; give the application another
          spawn-eigr.io/sidecar-http-port: "9091" | {name: web, containerPort: 80} | which is the node's port spawn-manage
          spawn-eigr.io/sidecar-http-port: "9980" | {name: web, containerPort: 80} | which is the node's port spawn-peers
          """)
  void aPortIsTakenOnce(String annotation, String port, String reason) {
    ActorSystem open =
        Manifests.shop(
            "statestore: {type: Postgres, credentialsSecretRef: db}, management: {tokenSecretRef: t}");
    String spec = "host: {image: a, ports: [" + port + "]}";
    ActorHost host =
        annotation.isEmpty() ? Manifests.host("a", spec) : Manifests.host("a", spec, annotation);
    Desired desired = desired(open, host);
    assertThat(desired.wrong()).singleElement().asString().contains(reason);
  }

  @Test
  void anAutoscalerScalesTheHostWithinItsBounds() {
    Desired desired =
        desired(SHOP, Manifests.host("a", "host: {image: a}, autoscaler: {min: 2, max: 4}"));
    assertThat(find(desired, "Deployment").at("/spec/replicas").asInt()).isEqualTo(2);
    JsonNode scaler = find(desired, "HorizontalPodAutoscaler").path("spec");
    assertThat(scaler.at("/scaleTargetRef/kind").asText()).isEqualTo("ActorHost");
    assertThat(scaler.at("/metrics/0/resource/target/averageUtilization").asInt()).isEqualTo(80);
    assertThat(
            find(
                    desired(
                        SHOP,
                        Manifests.host("a", "host: {image: a}, replicas: 0, autoscaler: {max: 4}")),
                    "Deployment")
                .at("/spec/replicas")
                .asInt(-1))
        .as("nought pods turn an autoscaler off")
        .isZero();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          spawn-eigr.io/app-port: "x" | app-port is 'x'; set it to a number from 1 to 65535
          spawn-eigr.io/sidecar-http-port: "0" | sidecar-http-port is '0'
          spawn-eigr.io/sidecar-mode: beside | sidecar or daemon
          spawn-eigr.io/sidecar-uds-enabled: "yes" | true or false
          spawn-eigr.io/sidecar-logger-level: loud | debug, info, warn or error
          spawn-eigr.io/sidecar-http-port: "8080" | port 8080 (web) is the node's own
          """)
  void aWrongAnnotationIsSaid(String annotation, String reason) {
    Desired desired =
        desired(
            SHOP,
            Manifests.host(
                "a", "host: {image: a, ports: [{name: web, containerPort: 8080}]}", annotation));
    assertThat(desired.objects()).isEmpty();
    assertThat(desired.wrong()).singleElement().asString().contains(reason);
  }

  @Test
  void whatKubernetesDoesNotKnowIsSaid() {
    for (String spec :
        List.of(
            "volumes: [{name: v, emptyDri: {}}]",
            "volumes: [{name: v, emptyDir: {size: 1Gi}}]",
            "topology: {affinity: {podAffinities: {}, x: 1}}",
            "sidecar: {env: [{name: A, valueFrom: {secretKey: {name: a, key: b}}}]}")) {
      Desired desired = desired(SHOP, Manifests.host("a", "host: {image: a}, " + spec));
      assertThat(desired.wrong()).as(spec).singleElement().asString().contains("of Kubernetes");
    }
  }

  @Test
  void anUnknownAnnotationIsToldAndHarmless() {
    Desired desired =
        desired(
            SHOP, Manifests.host("a", "host: {image: a}", "spawn-eigr.io/sidecar-htp-port: \"1\""));
    assertThat(desired.wrong()).isEmpty();
    assertThat(desired.ignored())
        .containsExactly("annotation spawn-eigr.io/sidecar-htp-port: no such annotation is known");
  }

  @Test
  void noScrapingIfMetricsAreOff() {
    Settings monitors = new Settings("p", true);
    ActorHost off =
        Manifests.host("a", "host: {image: a}", "spawn-eigr.io/sidecar-metrics-disabled: \"true\"");
    Desired desired = HostObjects.of(off, SHOP, List.of("a"), monitors);
    assertThat(desired.objects()).noneMatch(it -> it.getKind().equals("ServiceMonitor"));
    assertThat(Manifests.json(desired.objects()).toString()).doesNotContain("prometheus.io");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          Postgres | jdbc:postgresql://$(SPAWN_DATABASE_HOST):$(SPAWN_DATABASE_PORT)/$(SPAWN_DATABASE_NAME)?sslmode=require
          CockroachDB | jdbc:postgresql://$(SPAWN_DATABASE_HOST):$(SPAWN_DATABASE_PORT)/$(SPAWN_DATABASE_NAME)?sslmode=require
          MySql | jdbc:mariadb://$(SPAWN_DATABASE_HOST):$(SPAWN_DATABASE_PORT)/$(SPAWN_DATABASE_NAME)?sslMode=trust
          MSSQL | jdbc:sqlserver://$(SPAWN_DATABASE_HOST):$(SPAWN_DATABASE_PORT);databaseName=$(SPAWN_DATABASE_NAME);encrypt=true;trustServerCertificate=true
          """)
  void anEmbeddedNodeIsGivenAnAddressMadeOfTheSecret(String type, String url) {
    ActorSystem system =
        Manifests.shop(
            "statestore: {type: %s, credentialsSecretRef: db, ssl: true}".formatted(type));
    Desired desired = desired(system, Manifests.host("a", "host: {image: a, embedded: true}"));
    assertThat(find(desired, "ConfigMap").toString()).doesNotContain("jdbc");
    JsonNode env = pod(desired).at("/containers/0/env");
    List<String> names = env.findValuesAsText("name");
    assertThat(names.indexOf("SPAWN_STATESTORE_URL"))
        .as("after what it refers to")
        .isGreaterThan(names.lastIndexOf("SPAWN_DATABASE_NAME"));
    assertThat(env.findValuesAsText("value")).containsExactly(url);
  }

  private static Desired desired(ActorSystem system, ActorHost host) {
    return HostObjects.of(host, system, List.of(host.getMetadata().getName()), SETTINGS);
  }

  private static JsonNode find(Desired desired, String kind) {
    assertThat(desired.wrong()).isEmpty();
    return desired.objects().stream()
        .filter(it -> it.getKind().equals(kind))
        .map(Manifests::json)
        .findAny()
        .orElseThrow(() -> new AssertionError(kind + Arrays.asList(desired.objects())));
  }

  private static JsonNode pod(Desired desired) {
    return find(desired, "Deployment").at("/spec/template/spec");
  }
}
