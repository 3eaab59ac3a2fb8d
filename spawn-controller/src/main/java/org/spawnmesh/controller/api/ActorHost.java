package org.spawnmesh.controller.api;

import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;

/** An application whose actors run in an {@link ActorSystem} of the same namespace. */
@Group("spawn-eigr.io")
@Version("v1")
@ShortNames({"ac", "ah", "actor", "actors", "hosts"})
@AdditionalPrinterColumn(name = "System", jsonPath = ".status.system")
@AdditionalPrinterColumn(
    name = "Embedded",
    jsonPath = ".spec.host.embedded",
    type = AdditionalPrinterColumn.Type.BOOLEAN)
@AdditionalPrinterColumn(
    name = "Desired",
    jsonPath = ".spec.replicas",
    type = AdditionalPrinterColumn.Type.INTEGER)
@AdditionalPrinterColumn(
    name = "Available",
    jsonPath = ".status.readyReplicas",
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
@AdditionalPrinterColumn(name = "Image", jsonPath = ".spec.host.image", priority = 1)
@AdditionalPrinterColumn(name = "SDK", jsonPath = ".spec.host.sdk", priority = 1)
@ValidationRule(
    value = "self.metadata.name.matches('^[a-z]([-a-z0-9]{0,48}[a-z0-9])?$')",
    message =
        "metadata.name must be 1 to 50 lower-case letters, digits and '-', and begin with a letter:"
            + " it becomes the name of a service")
public class ActorHost extends CustomResource<ActorHostSpec, ActorHostStatus>
    implements Namespaced {}
