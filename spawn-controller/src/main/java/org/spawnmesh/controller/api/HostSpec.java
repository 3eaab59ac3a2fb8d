package org.spawnmesh.controller.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crd.generator.annotation.PreserveUnknownFields;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The application of an {@link ActorHost}. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record HostSpec(
    @JsonPropertyDescription("Its image.") @Required @Size(min = 1) String image,
    @JsonPropertyDescription(
            "Whether the engine runs inside the application (Spring, with"
                + " spawn-spring-boot-starter). Else a proxy runs beside it.")
        @Default("false")
        @Nullable Boolean embedded,
    @JsonPropertyDescription("Language of the application; for people.")
        @ValidationRule(
            value =
                "self in ['dart', 'elixir', 'go', 'java', 'python', 'rust', 'springboot',"
                    + " 'nodejs']",
            message = "host.sdk must be dart, elixir, go, java, python, rust, springboot or nodejs")
        @Nullable String sdk,
    @JsonPropertyDescription("Ports the application listens on; the service has them.")
        @ValidationRule(
            value = "self.all(p, self.exists_one(q, q.containerPort == p.containerPort))",
            message = "host.ports names a containerPort twice")
        @Size(max = 32)
        @Nullable List<Port> ports,
    @JsonPropertyDescription("Environment of the application.")
        @Nullable List<EnvironmentVariable> env,
    @JsonPropertyDescription("CPU and memory, as Kubernetes writes them.")
        @Nullable Resources resources,
    @JsonPropertyDescription("Name of the Secret with which the image is pulled.")
        @Nullable String pullSecretsRef,
    @JsonPropertyDescription("As pullSecretsRef, for manifests of Spawn.")
        @Nullable String pullSecretRef,
    @JsonPropertyDescription("Where volumes of spec.volumes appear in the application.")
        @Nullable List<Mount> volumeMounts,
    @JsonPropertyDescription("Of Spawn; without effect here: tasks run like named actors.")
        @PreserveUnknownFields
        @Nullable List<Map<String, Object>> taskActors) {

  /** A port of the application. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Port(
      @JsonPropertyDescription("Its name, which the service has, too.")
          @Required
          @Size(min = 1, max = 15)
          String name,
      @JsonPropertyDescription("Its number.") @Required @Min(1) @Max(65535) Integer containerPort,
      @JsonPropertyDescription("TCP, UDP or SCTP.") @Default("TCP") @Nullable String protocol) {}

  /** A variable of the application's environment. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record EnvironmentVariable(
      @JsonPropertyDescription("Its name.") @Required @Size(min = 1) String name,
      @JsonPropertyDescription("Its value.") @Nullable String value,
      @JsonPropertyDescription(
              "Where the value comes from, as Kubernetes writes it: fieldRef, secretKeyRef,"
                  + " configMapKeyRef or resourceFieldRef.")
          @PreserveUnknownFields
          @Nullable Map<String, Object> valueFrom) {}

  /** A place where a volume appears. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Mount(
      @JsonPropertyDescription("Name of the volume in spec.volumes.") @Required String name,
      @JsonPropertyDescription("Path in the container.") @Required String mountPath,
      @JsonPropertyDescription("Path in the volume; all of it by default.")
          @Nullable String subPath,
      @JsonPropertyDescription("Whether the application may not write there.") @Default("false")
          @Nullable Boolean readOnly) {}
}
