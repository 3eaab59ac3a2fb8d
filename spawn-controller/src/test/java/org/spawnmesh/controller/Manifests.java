package org.spawnmesh.controller;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.spawnmesh.controller.api.Activator;
import org.spawnmesh.controller.api.ActorHost;
import org.spawnmesh.controller.api.ActorSystem;
import org.spawnmesh.controller.crd.Definitions;
import org.spawnmesh.controller.schema.StructuralSchema;

/** Resources as a user writes them and an API server hands them out: with defaults filled in. */
public final class Manifests {

  private static final StructuralSchema ACTIVATORS = new StructuralSchema(Definitions.all().get(0));
  private static final StructuralSchema HOSTS = new StructuralSchema(Definitions.all().get(1));
  private static final StructuralSchema SYSTEMS = new StructuralSchema(Definitions.all().get(2));

  private Manifests() {}

  public static ActorHost host(String yaml) {
    return read(yaml, HOSTS, ActorHost.class);
  }

  /** A host of the system "shop". */
  public static ActorHost host(String name, String spec, String... annotations) {
    return host(
        """
        {apiVersion: spawn-eigr.io/v1, kind: ActorHost,
         metadata: {name: %s, namespace: default,
           annotations: {spawn-eigr.io/actor-system: shop%s}},
         spec: {%s}}
        """
            .formatted(
                name, annotations.length == 0 ? "" : ", " + String.join(", ", annotations), spec));
  }

  public static ActorSystem system(String yaml) {
    return read(yaml, SYSTEMS, ActorSystem.class);
  }

  /** The system "shop". */
  public static ActorSystem shop(String spec) {
    return system(
        """
        {apiVersion: spawn-eigr.io/v1, kind: ActorSystem,
         metadata: {name: shop, namespace: default}, spec: {%s}}
        """
            .formatted(spec));
  }

  public static Activator activator(String yaml) {
    return read(yaml, ACTIVATORS, Activator.class);
  }

  /** An activator of the system "shop". */
  public static Activator activator(String name, String spec) {
    return activator(
        """
        {apiVersion: spawn-eigr.io/v1, kind: Activator,
         metadata: {name: %s, namespace: default,
           annotations: {spawn-eigr.io/actor-system: shop}},
         spec: {%s}}
        """
            .formatted(name, spec));
  }

  /** The documents of a file. */
  public static List<ObjectNode> documents(Path file) throws IOException {
    List<ObjectNode> all = new ArrayList<>();
    for (String document : Files.readString(file).split("(?m)^---.*$")) {
      if (document.lines().anyMatch(line -> !line.isBlank() && !line.startsWith("#"))) {
        all.add(Serialization.unmarshal("---\n" + document, ObjectNode.class));
      }
    }
    return all;
  }

  private static <T extends HasMetadata> T read(
      String yaml, StructuralSchema schema, Class<T> type) {
    ObjectNode object = Serialization.unmarshal("---\n" + yaml, ObjectNode.class);
    schema.setDefaults(object);
    List<String> problems = schema.problems(object);
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(problems + " in " + yaml);
    }
    T read = Serialization.yamlMapper().convertValue(object, type);
    read.getMetadata().setUid("uid-of-" + read.getMetadata().getName());
    read.getMetadata().setGeneration(1L);
    return read;
  }

  public static JsonNode json(Object object) {
    return Serialization.jsonMapper().valueToTree(object);
  }

  /** Several objects as one file. */
  public static String yaml(List<? extends HasMetadata> objects) {
    StringBuilder all = new StringBuilder();
    objects.forEach(object -> all.append(Serialization.asYaml(object)));
    return all.toString();
  }
}
