package org.spawnmesh.cluster.zookeeper;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.spawnmesh.store.Incarnation;

/**
 * Where things are kept: {@code {root}/{system}/members/{incarnation}}, {@code …/leader/…} and
 * {@code …/view}. Immutable.
 */
record Paths(String base) {

  static Paths of(String root, String system) {
    // A path may have any name but '.' and '..'; a system may have any name at all.
    String name = URLEncoder.encode(system, StandardCharsets.UTF_8).replace(".", "%2E");
    return new Paths(root + "/" + name);
  }

  String members() {
    return base + "/members";
  }

  String member(Incarnation incarnation) {
    return members() + "/" + name(incarnation);
  }

  String line() {
    return base + "/leader";
  }

  String view() {
    return base + "/view";
  }

  static String name(Incarnation incarnation) {
    return Long.toString(incarnation.number());
  }
}
