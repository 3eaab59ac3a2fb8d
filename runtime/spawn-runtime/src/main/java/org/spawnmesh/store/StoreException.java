package org.spawnmesh.store;

import org.jspecify.annotations.Nullable;

/** What a store can answer besides doing it. Each subclass says whether something was changed. */
public abstract sealed class StoreException extends RuntimeException
    permits CommitRefusedException,
        FencedException,
        OutcomeUnknownException,
        StaleRevisionException,
        StoreLockedException,
        StoreUnavailableException,
        UnreadableStateException,
        ViewConflictException {

  private static final long serialVersionUID = 1L;

  StoreException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
