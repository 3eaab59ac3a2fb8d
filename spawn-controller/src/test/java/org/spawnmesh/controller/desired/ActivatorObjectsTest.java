package org.spawnmesh.controller.desired;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.spawnmesh.controller.Manifests;
import org.spawnmesh.controller.api.Activator;
import org.spawnmesh.controller.api.ActorHost;

class ActivatorObjectsTest {

  private static final Settings SETTINGS = new Settings("spawn-proxy:test", false);
  private static final ActorHost BANK = Manifests.host("bank", "host: {image: a}");
  private static final String NIGHTLY =
      "{name: night, expr: '0 2 * * *'}, {name: noon, expr: '0 12 * * *', timeZone: Asia/Tokyo}";

  private static Activator cron(String sources, String sinks) {
    return Manifests.activator(
        "clock",
        "activator: {type: cron}, bindings: {sources: [%s], sinks: [%s]}"
            .formatted(sources, sinks));
  }

  private static Desired of(Activator activator, ActorHost... hosts) {
    return ActivatorObjects.of(activator, List.of(hosts), SETTINGS);
  }

  @Test
  void eachSourceIsAJobWithTheSinksThatAreBoundToIt() {
    Desired desired =
        of(
            cron(
                NIGHTLY,
                "{name: both, actor: joe, action: close, binding: [{name: night}, {name: noon}]},"
                    + "{name: one, actor: a, parent: t, action: b, binding: [{name: noon}]}"),
            BANK);
    assertThat(desired.wrong()).isEmpty();
    assertThat(desired.objects())
        .extracting(it -> it.getMetadata().getName())
        .containsExactly("clock-night", "clock-noon");
    CronJob noon = (CronJob) desired.objects().get(1);
    assertThat(noon.getSpec().getSchedule()).isEqualTo("0 12 * * *");
    assertThat(noon.getSpec().getTimeZone()).isEqualTo("Asia/Tokyo");
    assertThat(containers(noon)).extracting(Container::getName).containsExactly("both", "one");
    assertThat(containers(noon).get(1).getArgs())
        .containsExactly(
            "invoke",
            "--url=http://bank:9001",
            "--system=shop",
            "--actor=a",
            "--parent=t",
            "--action=b",
            "--key=$(JOB)/one");
  }

  @Test
  void theManifestOfSpawnWorksAsItIs() {
    Activator activator =
        Manifests.activator(
            """
            apiVersion: spawn-eigr.io/v1
            kind: Activator
            metadata: {name: cron-activator, namespace: default}
            spec:
              activator: {type: Cron, externalConnectorRef: nats-invocation-conn-secret}
              bindings:
                sources:
                  - {name: daily-scheduler, expr: "0 0 */1 * *"}
                sinks:
                  - name: robert-sink
                    actor: robert
                    command: sum
                    system: shop
                    binding:
                      - name: daily-scheduler
            """);
    assertThat(ActivatorObjects.isServed(activator)).isTrue();
    Desired desired = of(activator, BANK);
    assertThat(desired.wrong()).isEmpty();
    assertThat(desired.ignored()).singleElement().asString().contains("without NATS");
    assertThat(containers((CronJob) desired.objects().getFirst()).getFirst().getArgs())
        .contains("--actor=robert", "--action=sum", "--system=shop");
  }

  @Test
  void theCallGoesToAProxyOfTheSystemWithItsImagePortAndToken() {
    ActorHost embedded = Manifests.host("a", "host: {image: a, embedded: true}");
    ActorHost elsewhere = Manifests.host("b", "host: {image: a}");
    elsewhere.getMetadata().getAnnotations().put(Annotations.SYSTEM, "other");
    ActorHost socket =
        Manifests.host("c", "host: {image: a}", "spawn-eigr.io/sidecar-uds-enabled: 'true'");
    ActorHost proxied =
        Manifests.host(
            "d",
            "host: {image: a}, sidecar: {image: own:1, env: [{name: SPAWN_PROXY_APITOKEN,"
                + " valueFrom: {secretKeyRef: {name: s, key: k}}}]}",
            "spawn-eigr.io/sidecar-http-port: '9010'");
    Activator activator = cron("{name: s, expr: '* * * * *'}", sink(""));
    Container container = container(of(activator, BANK, proxied, socket, elsewhere, embedded));
    assertThat(container.getArgs()).contains("--url=http://bank:9001");
    assertThat(container.getImage()).isEqualTo("spawn-proxy:test");

    container = container(of(activator, proxied, socket, elsewhere, embedded));
    assertThat(container.getArgs()).contains("--url=http://d:9010");
    assertThat(container.getImage()).isEqualTo("own:1");
    assertThat(container.getEnv())
        .filteredOn(it -> it.getName().equals("SPAWN_PROXY_APITOKEN"))
        .singleElement()
        .satisfies(it -> assertThat(it.getValueFrom().getSecretKeyRef().getName()).isEqualTo("s"));

    Activator named = cron("{name: s, expr: '* * * * *'}", sink(", host: d"));
    assertThat(container(of(named, BANK, proxied)).getArgs()).contains("--url=http://d:9010");
    assertThat(of(activator, socket, elsewhere, embedded).wrong())
        .singleElement()
        .asString()
        .contains("actor system shop has no ActorHost with a proxy");
    assertThat(of(named, BANK).wrong())
        .singleElement()
        .asString()
        .contains("no ActorHost d with a proxy");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{sources: [], sinks: []} | there are no bindings.sources",
        "{sources: [{name: s}], sinks: [SINK]} | bindings.sources.expr of s is missing",
        "{sources: [{expr: a}], sinks: [SINK]} | bindings.sources.name is missing",
        "{sources: [{name: s, expr: a}], sinks: []} | no sink is bound to source s",
        "{sources: [{name: s, expr: a}, {name: s, expr: b}], sinks: [SINK]} | two sources are named s",
        "{sources: [{name: s, expr: a}], sinks: [SINK, SINK]} | two sinks are named k",
        "{sources: [{name: s, expr: a}], sinks: [{name: k, actor: a, binding: [{name: s}]}]} | bindings.sinks.action of k is missing",
        "{sources: [{name: s, expr: a}], sinks: [SINK, {name: l, actor: a, action: b, binding: [{name: t}]}]} | sink l is bound to source t, which is not there",
        "{sources: [{name: s, expr: a, zone: UTC}], sinks: [SINK]} | there is no field zone",
        "[{name: s}] | they cannot be read as",
        "{sources: [{name: this-name-is-much-too-long-for-a-job-of-kubernetes, expr: a}], sinks: [{name: k, actor: a, action: b, binding: [{name: this-name-is-much-too-long-for-a-job-of-kubernetes}]}]} | longer than the 52 characters"
      })
  void aMistakeIsNamed(String bindings, String message) {
    Desired desired =
        of(
            Manifests.activator(
                "clock",
                "activator: {type: cron}, bindings: " + bindings.replace("SINK", sink(""))),
            BANK);
    assertThat(desired.objects()).isEmpty();
    assertThat(desired.wrong()).anySatisfy(it -> assertThat(it).contains(message));
  }

  @Test
  void bindingsThatAreMissingAreNamed() {
    assertThat(of(Manifests.activator("clock", "activator: {type: cron}"), BANK).wrong())
        .singleElement()
        .asString()
        .contains("there are no bindings");
  }

  private static String sink(String more) {
    return "{name: k, actor: a, action: b%s, binding: [{name: s}]}".formatted(more);
  }

  private static Container container(Desired desired) {
    assertThat(desired.wrong()).isEmpty();
    return containers((CronJob) desired.objects().getFirst()).getFirst();
  }

  private static List<Container> containers(CronJob job) {
    return job.getSpec().getJobTemplate().getSpec().getTemplate().getSpec().getContainers();
  }
}
