package org.spawnmesh.proxy.acl;

/** A policy file that cannot be understood; the proxy does not start with it. */
final class InvalidPolicyException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /**
   * @param line from 1, or 0 for the file as a whole
   */
  InvalidPolicyException(String file, int line, String why) {
    super(
        line == 0
            ? "The policy file %s cannot be used: %s.".formatted(file, why)
            : "Line %d of the policy file %s cannot be used: %s.".formatted(line, file, why));
  }
}
