package org.spawnmesh.proxy.ingress;

import com.google.protobuf.Message;
import org.spawnmesh.protocol.RequestStatus;
import reactor.core.publisher.Mono;

/** Answers one kind of request. Thread-safe; never blocks. */
interface ProtocolHandler {

  /**
   * Completes with the answer, or with an error that becomes the status in {@link #failed}; may
   * throw it as well.
   */
  Mono<Reply> handle(ProtocolRequest request);

  /** What a caller gets whose request failed. */
  Message failed(RequestStatus status);
}
