package org.spawnmesh.admin;

import org.springframework.security.core.Authentication;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import tools.jackson.databind.JsonNode;

/** Who may do what, and that it is written down before they do. Thread-safe. */
final class Access {

  private final Audit audit;
  private final Runnable changed;

  /**
   * @param changed called after each change, also after one that failed
   */
  Access(Audit audit, Runnable changed) {
    this.audit = audit;
    this.changed = changed;
  }

  /**
   * Refuses by an exception, so that no request gets further by a mistake.
   *
   * @param system empty for what is of no system, or of all
   * @return the role that somebody has there, at least the one that is needed
   */
  static Role require(Authentication user, String system, Role least) {
    Role role = Role.in(system, user.getAuthorities());
    if (role == null || role.compareTo(least) < 0) {
      throw new RefusedException(
          "%s is needed in '%s'; %s has %s"
              .formatted(least, system, user.getName(), role == null ? "no role" : role));
    }
    return role;
  }

  /** Does it after the attempt is written down, and writes down what came of it. */
  Mono<JsonNode> audited(
      Authentication user,
      String system,
      String what,
      String target,
      String detail,
      Mono<JsonNode> act) {
    return Mono.fromCallable(() -> audit.asked(user.getName(), system, what, target, detail))
        .subscribeOn(Schedulers.boundedElastic())
        .flatMap(
            number ->
                act.publishOn(Schedulers.boundedElastic())
                    .doOnNext(answer -> audit.ended(number, outcome(answer)))
                    .doOnError(e -> audit.ended(number, "failed: " + e.getMessage()))
                    .doOnCancel(() -> audit.ended(number, "unknown: the reader went away")))
        .doFinally(end -> changed.run());
  }

  private static String outcome(JsonNode answer) {
    JsonNode failure = answer.get("failure");
    if (failure != null && !failure.isNull()) {
      return "failed: %s %s"
          .formatted(failure.path("code").asString(""), failure.path("message").asString(""));
    }
    return answer.path("done").asBoolean(true) ? "done" : "nothing to do";
  }
}
