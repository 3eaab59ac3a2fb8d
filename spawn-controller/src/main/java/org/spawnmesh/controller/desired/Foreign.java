package org.spawnmesh.controller.desired;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarBuilder;
import io.fabric8.kubernetes.api.model.EnvVarSource;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.controller.api.HostSpec;

/** What users write as Kubernetes does, and our CRDs take as it is. */
final class Foreign {

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

  /**
   * The model keeps fields it does not know aside, wherever they are; here they do not come back.
   */
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

  private Foreign() {}

  /**
   * @return null for null
   * @throws IllegalArgumentException if Kubernetes has no such field, or it is of another type; the
   *     message names it
   */
  static <T> @Nullable T read(@Nullable Map<String, Object> written, Class<T> type) {
    if (written == null) {
      return null;
    }
    T read;
    try {
      read = JSON.convertValue(written, type);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "%s cannot be read as %s of Kubernetes".formatted(written, type.getSimpleName()), e);
    }
    unknown(JSON.valueToTree(read), KNOWN.valueToTree(read), type.getSimpleName());
    return read;
  }

  /**
   * @throws IllegalArgumentException as {@link #read}
   */
  static EnvVar variable(HostSpec.EnvironmentVariable written) {
    return new EnvVarBuilder()
        .withName(written.name())
        .withValue(written.value())
        .withValueFrom(read(written.valueFrom(), EnvVarSource.class))
        .build();
  }

  private static void unknown(JsonNode all, JsonNode known, String path) {
    for (int i = 0; i < all.size() && all.isArray(); i++) {
      unknown(all.get(i), known.path(i), path + "[" + i + "]");
    }
    for (Map.Entry<String, JsonNode> field : all.properties()) {
      String name = path + "." + field.getKey();
      if (!known.has(field.getKey())) {
        throw new IllegalArgumentException(name + " is no field of Kubernetes");
      }
      unknown(field.getValue(), known.path(field.getKey()), name);
    }
  }
}
