package org.spawnmesh.controller.desired;

import java.util.LinkedHashMap;
import java.util.Map;
import org.spawnmesh.controller.api.Activator;

/** The labels by which objects are found. */
public final class Labels {

  public static final String HOST = "spawn-eigr.io/actor-host";
  public static final String SYSTEM = "spawn-eigr.io/actor-system";

  /** Of what is made for an activator. */
  public static final String ACTIVATOR = "spawn-eigr.io/activator";

  /** Of pods that may ask the management API of nodes: with the value "true". */
  static final String CONSOLE = "spawn-eigr.io/console";

  public static final String MANAGED_BY = "app.kubernetes.io/managed-by";
  public static final String CONTROLLER = "spawn-controller";

  /** Selects all that the controller made. */
  public static final String MANAGED = MANAGED_BY + "=" + CONTROLLER;

  private Labels() {}

  /** Selects the pods of one host: by application and system, so that no two hosts share a pod. */
  static Map<String, String> selector(Host host) {
    Map<String, String> labels = new LinkedHashMap<>();
    labels.put(HOST, host.name());
    labels.put(SYSTEM, host.system());
    return labels;
  }

  static Map<String, String> of(Host host) {
    Map<String, String> labels = ofSystem(host.system());
    labels.put("app.kubernetes.io/name", host.name());
    labels.put(HOST, host.name());
    return labels;
  }

  /** Without the system's label: the selector of a host's pods must not find these. */
  static Map<String, String> of(Activator activator) {
    Map<String, String> labels = new LinkedHashMap<>();
    labels.put("app.kubernetes.io/name", activator.getMetadata().getName());
    labels.put(MANAGED_BY, CONTROLLER);
    labels.put(ACTIVATOR, activator.getMetadata().getName());
    return labels;
  }

  static Map<String, String> ofSystem(String system) {
    Map<String, String> labels = new LinkedHashMap<>();
    labels.put("app.kubernetes.io/part-of", system);
    labels.put(MANAGED_BY, CONTROLLER);
    labels.put(SYSTEM, system);
    return labels;
  }
}
