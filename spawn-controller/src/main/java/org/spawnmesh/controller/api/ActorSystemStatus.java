package org.spawnmesh.controller.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What became of an {@link ActorSystem}. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ActorSystemStatus(
    @JsonPropertyDescription("Generation of the spec that this status speaks of.")
        @Nullable Long observedGeneration,
    @JsonPropertyDescription("How the nodes find each other: kubernetes, zookeeper or standalone.")
        @Nullable String cluster,
    @JsonPropertyDescription("Actor hosts of this system.") @Nullable Integer hosts,
    @JsonPropertyDescription("Ready, Progressing, Degraded and Understood, with their reasons.")
        @Nullable List<Condition> conditions) {}
