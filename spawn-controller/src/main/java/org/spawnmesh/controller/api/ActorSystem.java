package org.spawnmesh.controller.api;

import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;

/** A named mesh: where its actors are kept, and how its nodes find each other. */
@Group("spawn-eigr.io")
@Version("v1")
@ShortNames({"as", "actorsys", "system"})
@AdditionalPrinterColumn(name = "Statestore", jsonPath = ".spec.statestore.type")
@AdditionalPrinterColumn(name = "Cluster", jsonPath = ".status.cluster")
@AdditionalPrinterColumn(
    name = "Hosts",
    jsonPath = ".status.hosts",
    type = AdditionalPrinterColumn.Type.INTEGER)
@AdditionalPrinterColumn(
    name = "Ready",
    jsonPath = ".status.conditions[?(@.type==\"Ready\")].status")
@AdditionalPrinterColumn(
    name = "Reason",
    jsonPath = ".status.conditions[?(@.type==\"Ready\")].reason")
@AdditionalPrinterColumn(
    name = "Age",
    jsonPath = ".metadata.creationTimestamp",
    type = AdditionalPrinterColumn.Type.DATE)
@ValidationRule(
    value = "self.metadata.name.matches('^[a-z]([-a-z0-9]{0,38}[a-z0-9])?$')",
    message =
        "metadata.name must be 1 to 40 lower-case letters, digits and '-', and begin with a letter:"
            + " it becomes part of the names of services and leases")
public class ActorSystem extends CustomResource<ActorSystemSpec, ActorSystemStatus>
    implements Namespaced {}
