package org.spawnmesh.admin;

import java.util.List;
import java.util.Map;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/** What is answered in place of what was asked for. */
@RestControllerAdvice
final class Problems {

  @ExceptionHandler
  ResponseEntity<Map<String, Object>> refused(RefusedException e) {
    return problem(HttpStatus.FORBIDDEN, String.valueOf(e.getMessage()));
  }

  @ExceptionHandler
  ResponseEntity<Map<String, Object>> node(NodeException e) {
    HttpStatus status = e.isSilence() ? HttpStatus.BAD_GATEWAY : HttpStatus.resolve(e.status());
    // a node that does not know our token is our mistake, not the reader's
    return problem(
        status == null || status == HttpStatus.UNAUTHORIZED ? HttpStatus.BAD_GATEWAY : status,
        e.status() == 401
            ? "The node refuses this console's token: compare spawn.admin.token and"
                + " spawn.management.token"
            : String.valueOf(e.getMessage()));
  }

  @ExceptionHandler
  ResponseEntity<Map<String, Object>> cluster(ClusterException e) {
    HttpStatus answered = HttpStatus.resolve(e.status());
    // nor is it the reader's mistake what this console may not do in the cluster
    HttpStatus status =
        answered == null || answered == HttpStatus.UNAUTHORIZED || answered == HttpStatus.FORBIDDEN
            ? HttpStatus.BAD_GATEWAY
            : answered;
    List<ClusterException.Cause> causes = e.causes();
    return ResponseEntity.status(status)
        .contentType(MediaType.APPLICATION_JSON)
        .body(Map.of("error", String.valueOf(e.getMessage()), "causes", causes));
  }

  @ExceptionHandler
  ResponseEntity<Map<String, Object>> tooMany(TooManyException e) {
    return ResponseEntity.status(HttpStatus.TOO_MANY_REQUESTS)
        .contentType(MediaType.APPLICATION_JSON)
        .body(Map.of("error", String.valueOf(e.getMessage()), "code", e.code()));
  }

  private static ResponseEntity<Map<String, Object>> problem(HttpStatus status, String words) {
    // said aloud: who asked for a stream of events is told in JSON, too
    return ResponseEntity.status(status)
        .contentType(MediaType.APPLICATION_JSON)
        .body(Map.of("error", words));
  }
}
