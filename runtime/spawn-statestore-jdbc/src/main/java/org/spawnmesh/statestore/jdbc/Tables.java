package org.spawnmesh.statestore.jdbc;

import java.util.regex.Pattern;

/** The names of this store's tables. Immutable. */
record Tables(String prefix) {

  private static final Pattern PREFIX = Pattern.compile("[a-z][a-z0-9_]{0,29}");

  /** A prefix goes into statements as it is, so it may hold nothing but a plain identifier. */
  Tables {
    if (!PREFIX.matcher(prefix).matches()) {
      throw new IllegalArgumentException(
          "The table prefix '%s' is not a lower-case letter followed by up to 29 of a-z, 0-9 and _"
              .formatted(prefix));
    }
  }

  String snapshot() {
    return prefix + "snapshot";
  }

  String history() {
    return prefix + "history";
  }

  String outbox() {
    return prefix + "outbox";
  }

  String deadLetter() {
    return prefix + "dead_letter";
  }

  String reply() {
    return prefix + "reply";
  }

  String reminder() {
    return prefix + "reminder";
  }

  String node() {
    return prefix + "node";
  }

  String writer() {
    return prefix + "writer";
  }

  String view() {
    return prefix + "view";
  }

  String keyCheck() {
    return prefix + "key_check";
  }

  /** Only where the database has no session locks. */
  String standalone() {
    return prefix + "standalone";
  }

  String schemaHistory() {
    return prefix + "schema_history";
  }
}
