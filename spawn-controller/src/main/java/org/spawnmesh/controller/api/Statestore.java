package org.spawnmesh.controller.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Quantity;
import org.jspecify.annotations.Nullable;

/** The database that keeps the actors of a system. */
@ValidationRule(
    value =
        "self.type.lowerAscii() in ['sqlite', 'postgres', 'mariadb', 'mysql', 'cockroachdb',"
            + " 'mssql']",
    message =
        "statestore.type must be Sqlite, Postgres, MariaDB, MySql, CockroachDB or MSSQL; Spawn's"
            + " Native store does not exist here, take Sqlite for one node without a server")
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Statestore(
    @JsonPropertyDescription(
            "Sqlite (a file, for one node), Postgres, MariaDB, MySql, CockroachDB or MSSQL; upper"
                + " and lower case are the same.")
        @Required
        @Size(max = 32)
        String type,
    @JsonPropertyDescription(
            "Name of the Secret in this namespace with the keys encryptionKey, username, password,"
                + " database, host and port. Sqlite needs encryptionKey alone: 32 random bytes in"
                + " Base64.")
        @Required
        @Size(min = 1)
        String credentialsSecretRef,
    @JsonPropertyDescription("Of Spawn; without effect here, as many changes share one commit.")
        @Nullable Pool pool,
    @JsonPropertyDescription("Whether connections to the database are encrypted.") @Default("false")
        @Nullable Boolean ssl,
    @JsonPropertyDescription(
            "Whether the database must prove by its certificate that it is the one meant.")
        @Default("false")
        @Nullable Boolean sslVerify,
    @JsonPropertyDescription("As sslVerify, for manifests of Spawn.") @JsonProperty("ssl_verify")
        @Nullable Boolean sslVerifyOfSpawn,
    @JsonPropertyDescription(
            "For Sqlite: size of the volume that keeps the file. It outlives the host; delete the"
                + " claim to delete the actors.")
        @Default("1Gi")
        @Nullable Quantity storage) {

  /** Connections to the database, in Spawn. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Pool(
      @JsonPropertyDescription("A number, or a number in quotes.") @Nullable IntOrString size) {}
}
