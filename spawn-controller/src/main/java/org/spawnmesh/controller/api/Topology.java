package org.spawnmesh.controller.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crd.generator.annotation.PreserveUnknownFields;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where pods may run. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Topology(
    @JsonPropertyDescription("Labels that a machine must have.")
        @Nullable Map<String, String> nodeSelector,
    @JsonPropertyDescription("Taints that do not keep the pods away.")
        @Nullable List<Toleration> tolerations,
    @JsonPropertyDescription(
            "Affinity as Kubernetes writes it. By default pods spread over machines and zones.")
        @PreserveUnknownFields
        @Nullable Map<String, Object> affinity) {

  /** A taint that does not keep the pods away. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Toleration(
      @JsonPropertyDescription("Key of the taint; without it, all keys.") @Nullable String key,
      @JsonPropertyDescription("Exists or Equal.") @Nullable String operator,
      @JsonPropertyDescription("Value of the taint, for Equal.") @Nullable String value,
      @JsonPropertyDescription("NoSchedule, PreferNoSchedule or NoExecute; without it, all.")
          @Nullable String effect,
      @JsonPropertyDescription("For NoExecute: how long the pod stays.")
          @Nullable Long tolerationSeconds) {}
}
