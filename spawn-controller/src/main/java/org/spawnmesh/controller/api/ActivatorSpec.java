package org.spawnmesh.controller.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.crd.generator.annotation.PreserveUnknownFields;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What an {@link Activator} shall be. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ActivatorSpec(
    @JsonPropertyDescription("The source.") @Required Source activator,
    @JsonPropertyDescription(
            "Which events become which calls. For cron: sources [{name, expr, timeZone}] and sinks"
                + " [{name, actor, parent, action, system, host, binding: [{name}]}].")
        @Nullable JsonNode bindings) {

  /** A source of events. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Source(
      @JsonPropertyDescription("cron; others, such as amqp, are kept and not served.")
          @Required
          @Size(min = 1)
          String type,
      @JsonPropertyDescription("DaemonSet or Deployment; of Spawn.") @Nullable String kind,
      @JsonPropertyDescription("Name of the Secret with the address of the source; of Spawn.")
          @Nullable String externalConnectorRef,
      @JsonPropertyDescription("Settings of the source; kept as they are.") @PreserveUnknownFields
          @Nullable Map<String, Object> settings) {}
}
