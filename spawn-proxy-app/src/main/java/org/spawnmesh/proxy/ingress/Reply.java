package org.spawnmesh.proxy.ingress;

import com.google.protobuf.Message;
import java.time.Duration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.protocol.RequestStatus;
import org.spawnmesh.protocol.Status;
import org.springframework.http.HttpStatus;

/** An answer in the protocol's words: always a message, whatever the HTTP status. Immutable. */
record Reply(HttpStatus http, @Nullable Duration retryAfter, Message message) {

  static final RequestStatus OK = RequestStatus.newBuilder().setStatus(Status.OK).build();

  /** Users compare the message with this word. */
  static final RequestStatus ACCEPTED = OK.toBuilder().setMessage("Accepted").build();

  static Reply ok(Message message) {
    return new Reply(HttpStatus.OK, null, message);
  }

  /**
   * @param as puts the status into the message that the caller expects
   */
  static Reply failed(Outcome outcome, Function<RequestStatus, Message> as) {
    return new Reply(outcome.http(), outcome.failure().retryAfter(), as.apply(outcome.status()));
  }

  /** Whole seconds, as HTTP wants them, and not too few; 0 if waiting does not help. */
  long retryAfterSeconds() {
    return retryAfter == null ? 0 : Math.max(1, retryAfter.plusMillis(999).toSeconds());
  }
}
