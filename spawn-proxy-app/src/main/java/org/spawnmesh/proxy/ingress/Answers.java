package org.spawnmesh.proxy.ingress;

import com.google.protobuf.Message;
import java.time.Duration;
import java.util.function.Function;
import org.spawnmesh.protocol.RequestStatus;
import org.spawnmesh.protocol.Status;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/** HTTP answers with a message of the protocol in them; never without. */
final class Answers {

  static final RequestStatus OK = RequestStatus.newBuilder().setStatus(Status.OK).build();

  /** Users compare the message with this word. */
  static final RequestStatus ACCEPTED = OK.toBuilder().setMessage("Accepted").build();

  private Answers() {}

  static Mono<ServerResponse> ok(Message message) {
    return message(ServerResponse.ok(), message);
  }

  /**
   * @param as puts the status into the message that the caller expects
   */
  static Mono<ServerResponse> failed(Outcome outcome, Function<RequestStatus, Message> as) {
    return message(head(outcome), as.apply(outcome.status()));
  }

  /** For callers of whom nobody knows what they expect. */
  static Mono<ServerResponse> text(Outcome outcome) {
    return head(outcome).contentType(MediaType.TEXT_PLAIN).bodyValue(outcome.failure() + "\n");
  }

  static ServerResponse.BodyBuilder head(Outcome outcome) {
    ServerResponse.BodyBuilder response = ServerResponse.status(outcome.http());
    Duration retryAfter = outcome.failure().retryAfter();
    if (retryAfter != null) {
      response.header(HttpHeaders.RETRY_AFTER, String.valueOf(Math.max(1, retryAfter.toSeconds())));
    }
    return response;
  }

  private static Mono<ServerResponse> message(ServerResponse.BodyBuilder head, Message message) {
    return head.contentType(MediaType.APPLICATION_OCTET_STREAM).bodyValue(message.toByteArray());
  }
}
