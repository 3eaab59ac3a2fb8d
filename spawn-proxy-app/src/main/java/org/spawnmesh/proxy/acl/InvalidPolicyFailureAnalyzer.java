package org.spawnmesh.proxy.acl;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** A policy file is wrong. */
final class InvalidPolicyFailureAnalyzer extends AbstractFailureAnalyzer<InvalidPolicyException> {

  @Override
  protected FailureAnalysis analyze(Throwable root, InvalidPolicyException cause) {
    return new FailureAnalysis(
        cause.getMessage(),
        "Correct the file, or remove it; its form is described in docs/how-to/run-the-proxy.md.",
        cause);
  }
}
