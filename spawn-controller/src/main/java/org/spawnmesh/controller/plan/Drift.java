package org.spawnmesh.controller.plan;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Whether an object is as it shall be. Pure.
 *
 * <p>The cluster fills in defaults and others may add to an object, so it need only contain what is
 * desired. A field that is no longer desired is found by the {@link #STAMP}, and removed by
 * server-side apply.
 */
final class Drift {

  /** A digest of the object that was applied. */
  static final String STAMP = "spawn-eigr.io/desired";

  private static final ObjectMapper SORTED =
      new ObjectMapper().enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS);

  private Drift() {}

  /** A copy with its stamp. */
  static HasMetadata stamped(HasMetadata desired) {
    HasMetadata copy = Serialization.clone(desired);
    Map<String, String> annotations = new HashMap<>();
    if (copy.getMetadata().getAnnotations() != null) {
      annotations.putAll(copy.getMetadata().getAnnotations());
    }
    annotations.put(STAMP, digest(desired));
    copy.getMetadata().setAnnotations(annotations);
    return copy;
  }

  static boolean isAsDesired(HasMetadata stamped, @Nullable HasMetadata actual) {
    return actual != null
        && contains(
            Serialization.jsonMapper().valueToTree(actual),
            Serialization.jsonMapper().valueToTree(stamped));
  }

  private static boolean contains(JsonNode actual, JsonNode desired) {
    if (desired.isObject()) {
      return actual.isObject()
          && desired.properties().stream()
              .allMatch(field -> contains(actual.path(field.getKey()), field.getValue()));
    }
    if (desired.isArray()) {
      return actual.isArray() && containsAll(actual, desired);
    }
    return actual.equals(desired) || isSameQuantity(actual, desired);
  }

  /** Elements with a name are found by it; others are where they were. */
  private static boolean containsAll(JsonNode actual, JsonNode desired) {
    for (int i = 0; i < desired.size(); i++) {
      JsonNode element = desired.get(i);
      JsonNode there = element.has("name") ? named(actual, element) : actual.path(i);
      if (!contains(there, element)) {
        return false;
      }
    }
    return !desired.isEmpty() && desired.get(0).has("name") || actual.size() == desired.size();
  }

  private static JsonNode named(JsonNode actual, JsonNode element) {
    for (JsonNode candidate : actual) {
      if (candidate.path("name").equals(element.path("name"))) {
        return candidate;
      }
    }
    return actual.path("nothing of this name");
  }

  /** The cluster writes 0.5 as 500m. */
  private static boolean isSameQuantity(JsonNode actual, JsonNode desired) {
    String quantity = "[0-9.]+(m|k|[EPTGM]i?|Ki)?";
    return actual.isTextual()
        && desired.isTextual()
        && actual.asText().matches(quantity)
        && desired.asText().matches(quantity)
        && new Quantity(actual.asText()).equals(new Quantity(desired.asText()));
  }

  private static String digest(HasMetadata object) {
    try {
      String json = SORTED.writeValueAsString(SORTED.convertValue(object, Map.class));
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(json.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, 8);
    } catch (NoSuchAlgorithmException | com.fasterxml.jackson.core.JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
