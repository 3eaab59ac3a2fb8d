package org.spawnmesh.spring.autoconfigure;

import org.spawnmesh.spring.InvalidDeclarationException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** An actor's class or a client's interface cannot work. */
final class InvalidDeclarationFailureAnalyzer
    extends AbstractFailureAnalyzer<InvalidDeclarationException> {

  @Override
  protected FailureAnalysis analyze(Throwable root, InvalidDeclarationException cause) {
    return new FailureAnalysis(cause.description(), cause.action(), cause);
  }
}
