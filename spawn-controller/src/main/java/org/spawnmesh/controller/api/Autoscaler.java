package org.spawnmesh.controller.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.IntOrString;
import org.jspecify.annotations.Nullable;

/**
 * How the number of pods follows the load.
 *
 * <p>No field of an optional object has a default in the CRD: who takes the object away again by
 * server-side apply would leave the default behind, and an object without what is required.
 */
@ValidationRule(
    value = "self.max >= (has(self.min) ? self.min : 1)",
    message = "autoscaler.max must not be less than autoscaler.min")
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Autoscaler(
    @JsonPropertyDescription("Pods there are at least; by default 1.") @Min(1)
        @Nullable Integer min,
    @JsonPropertyDescription("Pods there are at most.") @Required @Min(1) Integer max,
    @JsonPropertyDescription(
            "CPU that pods shall use on average, in percent of what they request. 80 if nothing"
                + " else is given.")
        @Min(1)
        @Nullable Integer averageCpuUtilizationPercentage,
    @JsonPropertyDescription(
            "Memory that pods shall use on average: a quantity such as 512Mi, or a number of Mi.")
        @Nullable IntOrString averageMemoryUtilizationValue,
    @JsonPropertyDescription(
            "Calls a second that pods shall have on average. Needs a metrics adapter that serves"
                + " the pods' metric spawn_invocations_per_second.")
        @Min(1)
        @Nullable Integer callsPerSecond,
    @JsonPropertyDescription(
            "Actors in memory that pods shall have on average. Needs a metrics adapter that serves"
                + " the pods' metric spawn_activations.")
        @Min(1)
        @Nullable Integer activations,
    @JsonPropertyDescription(
            "Calls that wait or run in pods on average. Needs a metrics adapter that serves the"
                + " pods' metric spawn_mailbox_depth.")
        @Min(1)
        @Nullable Integer mailboxDepth) {}
