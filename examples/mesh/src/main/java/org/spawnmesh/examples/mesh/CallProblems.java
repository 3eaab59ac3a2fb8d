package org.spawnmesh.examples.mesh;

import org.spawnmesh.actor.Execution;
import org.spawnmesh.actor.Failure;
import org.spawnmesh.actor.SpawnException;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/** Failed calls as problem details (RFC 9457) that say whether trying again is safe. */
@RestControllerAdvice
class CallProblems {

  @ExceptionHandler
  ProblemDetail failed(SpawnException e) {
    Failure failure = e.failure();
    HttpStatus status =
        failure.execution() == Execution.NOT_EXECUTED
            ? HttpStatus.SERVICE_UNAVAILABLE
            : HttpStatus.INTERNAL_SERVER_ERROR;
    ProblemDetail problem = ProblemDetail.forStatusAndDetail(status, failure.message());
    problem.setProperty("code", failure.code().id());
    problem.setProperty("execution", failure.execution());
    return problem;
  }
}
