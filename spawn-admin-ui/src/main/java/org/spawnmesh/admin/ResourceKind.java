package org.spawnmesh.admin;

import java.util.Arrays;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** The kinds of resources that tell the controller what shall run. */
enum ResourceKind {
  /** A mesh. */
  SYSTEM("ActorSystem", "actorsystems"),
  /** An application in a mesh; it has a number of pods. */
  HOST("ActorHost", "actorhosts"),
  /** A source of events. */
  ACTIVATOR("Activator", "activators");

  static final String GROUP = "spawn-eigr.io";
  static final String VERSION = "v1";

  /** Names the actor system of a resource that is none. */
  private static final String SYSTEM_ANNOTATION = GROUP + "/actor-system";

  /** Of a resource that names none. */
  private static final String DEFAULT_SYSTEM = "spawn-system";

  private final String title;
  private final String plural;

  ResourceKind(String title, String plural) {
    this.title = title;
    this.plural = plural;
  }

  /** As manifests call it. */
  String title() {
    return title;
  }

  String plural() {
    return plural;
  }

  /**
   * @throws ClusterException if there is none
   */
  static ResourceKind of(String title) {
    return Arrays.stream(values())
        .filter(kind -> kind.title.equals(title))
        .findAny()
        .orElseThrow(
            () ->
                new ClusterException(
                    400,
                    "'%s' is no kind of %s; use ActorSystem, ActorHost or Activator"
                        .formatted(title, GROUP),
                    List.of()));
  }

  /** The actor system that a resource of this kind is of; roles are given by system. */
  String systemOf(JsonNode resource) {
    return this == SYSTEM
        ? resource.at("/metadata/name").asString("")
        : resource
            .path("metadata")
            .path("annotations")
            .path(SYSTEM_ANNOTATION)
            .asString(DEFAULT_SYSTEM);
  }
}
