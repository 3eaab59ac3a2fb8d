package org.spawnmesh.controller.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;

/** Who may ask the management API of a system's nodes. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ManagementSpec(
    @JsonPropertyDescription(
            "Name of a Secret in this namespace with the key token: at least 16 characters, which a"
                + " console shows to the nodes. Who has it may do everything to all actors.")
        @Required
        @Size(min = 1)
        String tokenSecretRef) {}
