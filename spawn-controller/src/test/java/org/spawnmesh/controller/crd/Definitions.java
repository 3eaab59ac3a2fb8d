package org.spawnmesh.controller.crd;

import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.crdv2.generator.CRDGenerator;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.spawnmesh.controller.api.Activator;
import org.spawnmesh.controller.api.ActorHost;
import org.spawnmesh.controller.api.ActorSystem;

/** The CRDs as the annotated classes say, with what the generator leaves out. */
public final class Definitions {

  private static final Map<Class<? extends CustomResource<?, ?>>, String> KINDS =
      new java.util.LinkedHashMap<>();

  static {
    KINDS.put(
        ActorSystem.class,
        "A named mesh: where its actors are kept, and how its nodes find each other.");
    KINDS.put(
        ActorHost.class,
        "An application whose actors run in an ActorSystem of the same namespace, which the"
            + " annotation spawn-eigr.io/actor-system names.");
    KINDS.put(
        Activator.class,
        "A source of events that become calls of actors. Accepted and kept; nothing serves it"
            + " yet.");
  }

  private static final Map<String, String> CONDITION =
      Map.of(
          "type", "What is true or not.",
          "status", "True, False or Unknown.",
          "reason", "Why, in a word.",
          "message", "Why, and what to do.",
          "observedGeneration", "Generation of the spec that this condition speaks of.",
          "lastTransitionTime", "When status last changed.");

  private Definitions() {}

  /** All of them; each call makes new ones. */
  public static List<CustomResourceDefinition> all() {
    try {
      Path folder = Files.createTempDirectory("crds");
      new CRDGenerator()
          .customResourceClasses(KINDS.keySet().<Class<? extends HasMetadata>>toArray(Class[]::new))
          .inOutputDir(folder.toFile())
          .generate();
      List<CustomResourceDefinition> made = new ArrayList<>();
      try (Stream<Path> files = Files.list(folder)) {
        for (Path file : files.sorted().toList()) {
          made.add(Serialization.unmarshal(Files.readString(file), CustomResourceDefinition.class));
          Files.delete(file);
        }
      }
      Files.delete(folder);
      made.forEach(Definitions::complete);
      return made;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static void complete(CustomResourceDefinition definition) {
    Class<?> type =
        KINDS.keySet().stream()
            .filter(kind -> kind.getSimpleName().equals(definition.getSpec().getNames().getKind()))
            .findAny()
            .orElseThrow();
    var version = definition.getSpec().getVersions().getFirst();
    List<String> order =
        Stream.of(type.getAnnotationsByType(AdditionalPrinterColumn.class))
            .map(AdditionalPrinterColumn::name)
            .toList();
    version
        .getAdditionalPrinterColumns()
        .sort(java.util.Comparator.comparingInt(column -> order.indexOf(column.getName())));
    JSONSchemaProps root = version.getSchema().getOpenAPIV3Schema();
    root.setDescription(KINDS.get(type));
    root.getProperties().get("spec").setDescription("What is wanted.");
    root.getProperties().get("status").setDescription("What there is; the controller writes it.");
    root.setRequired(List.of("spec"));
    each(root, Definitions::openMaps);
    each(root, Definitions::onceOnly);
    conditions(root.getProperties().get("status").getProperties().get("conditions"));
  }

  /** Visits a schema and all schemas in it. */
  static void each(JSONSchemaProps schema, Consumer<JSONSchemaProps> visitor) {
    visitor.accept(schema);
    schema.getProperties().values().forEach(property -> each(property, visitor));
    if (schema.getItems() != null && schema.getItems().getSchema() != null) {
      each(schema.getItems().getSchema(), visitor);
    }
    if (schema.getAdditionalProperties() != null
        && schema.getAdditionalProperties().getSchema() != null) {
      each(schema.getAdditionalProperties().getSchema(), visitor);
    }
  }

  /** A map of anything: the generator's schema would drop what is deeper in it. */
  private static void openMaps(JSONSchemaProps schema) {
    var values = schema.getAdditionalProperties();
    if (values != null
        && values.getSchema() != null
        && "object".equals(values.getSchema().getType())
        && values.getSchema().getProperties().isEmpty()) {
      schema.setAdditionalProperties(null);
      schema.setXKubernetesPreserveUnknownFields(true);
    }
    if ("array".equals(schema.getType())) {
      schema.setXKubernetesPreserveUnknownFields(null);
    }
  }

  /** The generator finds an annotation of a record's component at its field and its accessor. */
  private static void onceOnly(JSONSchemaProps schema) {
    schema.setXKubernetesValidations(
        new ArrayList<>(new LinkedHashSet<>(schema.getXKubernetesValidations())));
  }

  private static void conditions(JSONSchemaProps list) {
    list.setXKubernetesListType("map");
    list.setXKubernetesListMapKeys(List.of("type"));
    JSONSchemaProps condition = list.getItems().getSchema();
    CONDITION.forEach((field, text) -> condition.getProperties().get(field).setDescription(text));
    condition.setRequired(List.of("type", "status", "reason", "message", "lastTransitionTime"));
    condition.getProperties().get("lastTransitionTime").setFormat("date-time");
    condition
        .getProperties()
        .get("status")
        .setEnum(
            Stream.of("True", "False", "Unknown")
                .<com.fasterxml.jackson.databind.JsonNode>map(
                    com.fasterxml.jackson.databind.node.TextNode::new)
                .toList());
  }
}
