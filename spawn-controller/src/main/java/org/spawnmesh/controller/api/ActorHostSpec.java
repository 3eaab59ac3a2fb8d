package org.spawnmesh.controller.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crd.generator.annotation.PreserveUnknownFields;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.kubernetes.model.annotation.SpecReplicas;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What an {@link ActorHost} shall be. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ActorHostSpec(
    @JsonPropertyDescription("The application.") @Required HostSpec host,
    @JsonPropertyDescription(
            "Pods that are wanted. An autoscaler changes this field, through the scale"
                + " subresource.")
        @Default("1")
        @Min(0)
        @SpecReplicas
        @Nullable Integer replicas,
    @JsonPropertyDescription("How the number of pods follows the load. Without it, it does not.")
        @Nullable Autoscaler autoscaler,
    @JsonPropertyDescription("Where pods may run.") @Nullable Topology topology,
    @JsonPropertyDescription("As topology.affinity, for manifests of Spawn.") @PreserveUnknownFields
        @Nullable Map<String, Object> affinity,
    @JsonPropertyDescription("Volumes of the pod, as Kubernetes writes them.")
        @PreserveUnknownFields
        @Nullable List<Map<String, Object>> volumes,
    @JsonPropertyDescription("The proxy beside the application. Not with host.embedded.")
        @Nullable Sidecar sidecar,
    @JsonPropertyDescription(
            "Seconds a stopping node has to finish what it accepted and to give its actors away.")
        @Default("25")
        @Min(1)
        @Max(3600)
        @Nullable Integer drainTimeoutSeconds,
    @JsonPropertyDescription(
            "Seconds until a pod that does not stop is killed. Raised to what the drain needs if"
                + " it is less.")
        @Min(1)
        @Nullable Long terminationGracePeriodSeconds,
    @JsonPropertyDescription(
            "Whether a NetworkPolicy lets only nodes of the same system speak to this one's"
                + " peer port.")
        @Default("true")
        @Nullable Boolean networkPolicy) {}
