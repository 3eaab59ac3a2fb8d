package org.spawnmesh.cluster.kubernetes;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Pattern;
import org.spawnmesh.store.Incarnation;

/**
 * How the leases of an actor system are called: {@code spawn-{key}-{incarnation}} for a member, and
 * {@code spawn-{key}-mesh}. All have the label {@link #SYSTEM} with the key. Immutable.
 *
 * @param key the system's name if Kubernetes allows it, else something like it with a dot and a
 *     digest: no two systems have the same
 */
record Names(String key) {

  /** The label that all leases of a system have. */
  static final String SYSTEM = "spawnmesh.org/system";

  /** The annotation of a member's lease, as {@code Member.print()} writes it. */
  static final String MEMBER = "spawnmesh.org/member";

  /** The annotation of the mesh's lease with the number of the greatest view. */
  static final String VIEW = "spawnmesh.org/view";

  private static final Pattern PLAIN = Pattern.compile("[a-z0-9]([-a-z0-9]{0,38}[a-z0-9])?");

  static Names of(String system) {
    if (PLAIN.matcher(system).matches()) {
      return new Names(system);
    }
    // A plain name has no dot, so it is never taken for one of these.
    String like = system.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
    String start = like.substring(0, Math.min(20, like.length())).replaceAll("^-|-$", "");
    return new Names((start.isEmpty() ? "x" : start) + "." + digest(system));
  }

  String mesh() {
    return "spawn-" + key + "-mesh";
  }

  String member(Incarnation incarnation) {
    return "spawn-" + key + "-" + incarnation.number();
  }

  private static String digest(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, 10);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has SHA-256", e);
    }
  }
}
