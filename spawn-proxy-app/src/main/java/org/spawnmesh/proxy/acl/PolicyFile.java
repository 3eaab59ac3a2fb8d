package org.spawnmesh.proxy.acl;

import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Reads a policy from the lines of a file.
 *
 * <pre>
 * type: "allow"
 * actor_systems: "shop"
 * actors: "joe", "robert"
 * actions: "*"
 * </pre>
 *
 * <p>Values may be quoted, lists are separated by commas, and what is left out means all. Lines
 * that begin with {@code #} are comments. What cannot be read is refused: a policy that is not
 * understood must not be taken for no policy.
 */
final class PolicyFile {

  private static final Set<String> KEYS = Set.of("type", "actors", "actions", "actor_systems");

  private PolicyFile() {}

  /**
   * @throws InvalidPolicyException naming the line that is wrong
   */
  static Policy read(String file, String text) {
    Map<String, String> values = new HashMap<>();
    int number = 0;
    for (String raw : text.split("\\R")) {
      number++;
      String line = raw.strip();
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      int colon = line.indexOf(':');
      String key = colon < 0 ? line : line.substring(0, colon).strip().toLowerCase(Locale.ROOT);
      if (colon < 0 || !KEYS.contains(key)) {
        throw new InvalidPolicyException(
            file, number, "'%s' is none of type, actors, actions, actor_systems".formatted(key));
      }
      if (values.put(key, line.substring(colon + 1).strip()) != null) {
        throw new InvalidPolicyException(file, number, "'%s' is there twice".formatted(key));
      }
    }
    return new Policy(
        effect(file, values.getOrDefault("type", "")),
        list(file, "actor_systems", values),
        list(file, "actors", values),
        list(file, "actions", values));
  }

  private static Policy.Effect effect(String file, String text) {
    return switch (unquoted(text).toLowerCase(Locale.ROOT)) {
      case "allow" -> Policy.Effect.ALLOW;
      case "deny" -> Policy.Effect.DENY;
      default ->
          throw new InvalidPolicyException(
              file, 0, "the type is '%s'; needed is allow or deny".formatted(text));
    };
  }

  /** One that names nobody would mean nobody, which is not what who denies something means. */
  private static Set<String> list(String file, String key, Map<String, String> all) {
    String text = all.get(key);
    if (text == null) {
      return Set.of(Policy.ANY);
    }
    Set<String> values = new LinkedHashSet<>();
    String bare =
        text.startsWith("[") && text.endsWith("]") ? text.substring(1, text.length() - 1) : text;
    Arrays.stream(bare.split(",")).map(PolicyFile::unquoted).forEach(values::add);
    values.remove("");
    if (values.isEmpty() || values.stream().anyMatch(value -> value.matches(".*[\"'].*"))) {
      throw new InvalidPolicyException(
          file, 0, "%s is '%s'; needed are names, separated by commas".formatted(key, text));
    }
    return values;
  }

  private static String unquoted(String text) {
    String bare = text.strip();
    boolean quoted =
        bare.length() >= 2
            && (bare.charAt(0) == '"' || bare.charAt(0) == '\'')
            && bare.charAt(bare.length() - 1) == bare.charAt(0);
    return quoted ? bare.substring(1, bare.length() - 1) : bare;
  }
}
