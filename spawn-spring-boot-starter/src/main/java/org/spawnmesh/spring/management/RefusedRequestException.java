package org.spawnmesh.spring.management;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A request that is answered with an error; the message is for whoever sent it. */
final class RefusedRequestException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final int status;
  private final @Nullable String code;

  RefusedRequestException(int status, String message) {
    this(status, null, message);
  }

  /**
   * @param code for programs, where a status says too little
   */
  RefusedRequestException(int status, @Nullable String code, String message) {
    super(message, null, false, false);
    this.status = status;
    this.code = code;
  }

  static RefusedRequestException badRequest(String message) {
    return new RefusedRequestException(400, message);
  }

  static RefusedRequestException notFound(String message) {
    return new RefusedRequestException(404, message);
  }

  int status() {
    return status;
  }

  Map<String, Object> body() {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("error", String.valueOf(getMessage()));
    if (code != null) {
      body.put("code", code);
    }
    return body;
  }
}
