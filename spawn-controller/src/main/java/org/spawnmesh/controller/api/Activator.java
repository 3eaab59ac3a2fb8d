package org.spawnmesh.controller.api;

import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;

/** A source of events that become calls of actors. Type cron is served; others are kept. */
@Group("spawn-eigr.io")
@Version("v1")
@ShortNames({"act", "acts"})
@AdditionalPrinterColumn(name = "Type", jsonPath = ".spec.activator.type")
@AdditionalPrinterColumn(
    name = "Ready",
    jsonPath = ".status.conditions[?(@.type==\"Ready\")].status")
@AdditionalPrinterColumn(
    name = "Reason",
    jsonPath = ".status.conditions[?(@.type==\"Ready\")].reason")
public class Activator extends CustomResource<ActivatorSpec, ActivatorStatus>
    implements Namespaced {}
