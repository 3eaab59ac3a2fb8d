package org.spawnmesh.controller.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.model.annotation.LabelSelector;
import io.fabric8.kubernetes.model.annotation.StatusReplicas;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What became of an {@link ActorHost}. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ActorHostStatus(
    @JsonPropertyDescription("Generation of the spec that this status speaks of.")
        @Nullable Long observedGeneration,
    @JsonPropertyDescription("Actor system it belongs to.") @Nullable String system,
    @JsonPropertyDescription("Pods there are.") @StatusReplicas @Nullable Integer replicas,
    @JsonPropertyDescription("Pods that take calls.") @Nullable Integer readyReplicas,
    @JsonPropertyDescription("Selects the pods; for autoscalers.") @LabelSelector
        @Nullable String selector,
    @JsonPropertyDescription("Ready, Progressing, Degraded and Understood, with their reasons.")
        @Nullable List<Condition> conditions) {}
