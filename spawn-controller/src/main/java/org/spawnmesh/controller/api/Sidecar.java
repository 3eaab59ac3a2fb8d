package org.spawnmesh.controller.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The proxy beside an application. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Sidecar(
    @JsonPropertyDescription("Its image. By default that of the controller's settings.")
        @Nullable String image,
    @JsonPropertyDescription("Its CPU and memory.") @Nullable Resources resources,
    @JsonPropertyDescription(
            "Variables that are added to its environment, such as SPAWN_TIMEOUT; they win.")
        @Nullable List<HostSpec.EnvironmentVariable> env) {}
