package org.spawnmesh.admin;

import java.util.List;

/** The API server of Kubernetes refused a request, or could not be asked. */
final class ClusterException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final int status;
  private final transient List<Cause> causes;

  /** What is wrong with one field, for example {@code spec.host.env[0].name}. */
  record Cause(String field, String message) {}

  /**
   * @param status what it answered; 0 if it did not
   */
  ClusterException(int status, String message, List<Cause> causes) {
    super(message, null, false, false);
    this.status = status;
    this.causes = List.copyOf(causes);
  }

  int status() {
    return status;
  }

  List<Cause> causes() {
    return causes;
  }
}
