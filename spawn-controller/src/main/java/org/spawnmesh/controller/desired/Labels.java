package org.spawnmesh.controller.desired;

import java.util.LinkedHashMap;
import java.util.Map;

/** The labels by which objects are found. */
public final class Labels {

  public static final String HOST = "spawn-eigr.io/actor-host";
  public static final String SYSTEM = "spawn-eigr.io/actor-system";
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

  static Map<String, String> ofSystem(String system) {
    Map<String, String> labels = new LinkedHashMap<>();
    labels.put("app.kubernetes.io/part-of", system);
    labels.put(MANAGED_BY, CONTROLLER);
    labels.put(SYSTEM, system);
    return labels;
  }
}
