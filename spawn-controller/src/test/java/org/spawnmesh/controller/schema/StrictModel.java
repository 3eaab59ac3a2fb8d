package org.spawnmesh.controller.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Objects of Kubernetes' own kinds, read into its typed model: unknown fields and kinds are told.
 */
public final class StrictModel {

  /** The model keeps unknown fields aside and writes them again; this one does not. */
  private static final ObjectMapper KNOWN =
      new ObjectMapper()
          .setAnnotationIntrospector(
              new JacksonAnnotationIntrospector() {

                private static final long serialVersionUID = 1L;

                @Override
                public Boolean hasAnyGetter(Annotated member) {
                  return false;
                }
              });

  private static final ObjectMapper ALL = new ObjectMapper();

  private StrictModel() {}

  /** What is wrong with the object, path first; empty if nothing is. */
  public static List<String> problems(ObjectNode object) {
    HasMetadata typed;
    try {
      typed = (HasMetadata) (Object) Serialization.unmarshal(Serialization.asYaml(object));
    } catch (RuntimeException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      return List.of(String.valueOf(cause.getMessage()));
    }
    if (typed instanceof GenericKubernetesResource) {
      return List.of("unknown kind " + typed.getApiVersion() + " " + typed.getKind());
    }
    List<String> problems = new ArrayList<>();
    if (typed.getMetadata().getName() == null) {
      problems.add(".metadata.name: is required");
    }
    unknown(ALL.valueToTree(typed), KNOWN.valueToTree(typed), "", problems);
    return problems;
  }

  private static void unknown(JsonNode all, JsonNode known, String path, List<String> problems) {
    for (int i = 0; all.isArray() && i < all.size(); i++) {
      unknown(all.get(i), known.path(i), path + "[" + i + "]", problems);
    }
    for (Map.Entry<String, JsonNode> field : all.properties()) {
      String name = path + "." + field.getKey();
      if (known.has(field.getKey())) {
        unknown(field.getValue(), known.path(field.getKey()), name, problems);
      } else {
        problems.add(name + ": is unknown");
      }
    }
  }
}
