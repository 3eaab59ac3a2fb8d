package org.spawnmesh.controller.reconcile;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.spawnmesh.controller.api.Activator;
import org.spawnmesh.controller.api.ActorHost;
import org.spawnmesh.controller.api.ActorSystem;
import org.spawnmesh.controller.desired.ActivatorObjects;
import org.spawnmesh.controller.desired.Annotations;
import org.spawnmesh.controller.desired.HostObjects;
import org.spawnmesh.controller.desired.Settings;
import org.spawnmesh.controller.desired.SystemObjects;
import org.spawnmesh.controller.fake.FakeCluster;

/**
 * What shall be there for the resources of a cluster, found out in another way than the controller
 * does: applied to an empty cluster.
 */
record Expected(FakeCluster cluster, Settings settings) {

  /** Whether the controller's objects are these and no others, field by field. */
  boolean isMet() {
    return of(cluster).equals(of(ideal()));
  }

  /** For the message of a test that fails. */
  String difference() {
    Map<String, ObjectNode> there = of(cluster);
    Map<String, ObjectNode> wanted = of(ideal());
    java.util.Set<String> keys = new java.util.TreeSet<>(there.keySet());
    keys.addAll(wanted.keySet());
    StringBuilder all = new StringBuilder();
    for (String key : keys) {
      if (!java.util.Objects.equals(there.get(key), wanted.get(key))) {
        all.append("%n%s is %s%n  shall be %s".formatted(key, there.get(key), wanted.get(key)));
      }
    }
    return all.toString();
  }

  private static Map<String, ObjectNode> of(FakeCluster cluster) {
    Map<String, ObjectNode> objects = new HashMap<>();
    for (ObjectNode object : cluster.managed()) {
      // A claim is never deleted: there are actors in it.
      if (object.path("kind").asText().equals("PersistentVolumeClaim")) {
        continue;
      }
      objects.put(
          object.path("kind").asText() + "/" + object.at("/metadata/name").asText(), bare(object));
    }
    return objects;
  }

  private FakeCluster ideal() {
    FakeCluster ideal = new FakeCluster();
    List<HasMetadata> all = new ArrayList<>();
    List<ActorHost> hosts = cluster.all(ActorHost.class);
    for (ActorSystem system : cluster.all(ActorSystem.class)) {
      all.addAll(SystemObjects.of(system));
      for (ActorHost host : hosts) {
        if (Annotations.systemOf(host).equals(system.getMetadata().getName())) {
          List<String> names =
              hosts.stream()
                  .filter(it -> Annotations.systemOf(it).equals(Annotations.systemOf(host)))
                  .map(it -> it.getMetadata().getName())
                  .toList();
          all.addAll(HostObjects.of(host, system, names, settings).objects());
        }
      }
    }
    for (Activator activator : cluster.all(Activator.class)) {
      if (ActivatorObjects.isServed(activator)) {
        all.addAll(ActivatorObjects.of(activator, hosts, settings).objects());
      }
    }
    all.forEach(object -> ideal.apply("spawn-controller", object));
    return ideal;
  }

  /** Without what the cluster writes, what somebody added, and the controller's stamp. */
  static ObjectNode bare(ObjectNode object) {
    ObjectNode bare = object.deepCopy();
    bare.remove("status");
    ObjectNode metadata = (ObjectNode) bare.path("metadata");
    metadata.remove(
        List.of("uid", "resourceVersion", "generation", "creationTimestamp", "finalizers"));
    if (metadata.get("annotations") instanceof ObjectNode annotations) {
      annotations.remove(List.of("spawn-eigr.io/desired", "somebody"));
      if (annotations.isEmpty()) {
        metadata.remove("annotations");
      }
    }
    if (metadata.path("ownerReferences").isEmpty()) {
      metadata.remove("ownerReferences");
    }
    // Read back, so that numbers are of one type.
    return Serialization.unmarshal(Serialization.asJson(bare), ObjectNode.class);
  }
}
