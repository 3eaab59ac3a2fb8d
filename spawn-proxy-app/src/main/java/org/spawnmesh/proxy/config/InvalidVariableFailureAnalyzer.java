package org.spawnmesh.proxy.config;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** The environment is not one that a proxy can run in. */
final class InvalidVariableFailureAnalyzer
    extends AbstractFailureAnalyzer<InvalidVariableException> {

  @Override
  protected FailureAnalysis analyze(Throwable root, InvalidVariableException cause) {
    return new FailureAnalysis(cause.description(), cause.action(), cause);
  }
}
