package org.spawnmesh.controller.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import org.jspecify.annotations.Nullable;

/** What an {@link ActorSystem} shall be. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ActorSystemSpec(
    @JsonPropertyDescription("The database that keeps the actors.") @Required Statestore statestore,
    @JsonPropertyDescription(
            "How the nodes find each other. Without it, by leases of this Kubernetes cluster.")
        @Nullable ClusterSpec cluster,
    @JsonPropertyDescription(
            "Opens the management API of all nodes at port 9091, for pods of this namespace with"
                + " the label spawn-eigr.io/console: \"true\". Without it, it is closed.")
        @Nullable ManagementSpec management) {}
