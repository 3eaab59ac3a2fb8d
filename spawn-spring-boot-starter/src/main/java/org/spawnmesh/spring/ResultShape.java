package org.spawnmesh.spring;

import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.springframework.core.ResolvableType;

/**
 * What a method returns, taken apart: how it comes, whether in a {@link Reply} or an {@code
 * Optional}, and the value's own type. The same for actions and for clients.
 */
record ResultShape(Arrival arrival, boolean reply, boolean optional, Type value) {

  /** When the value is there. */
  enum Arrival {
    DIRECT,
    STAGE,
    MONO
  }

  static ResultShape of(Method method, Class<?> declaringBean) {
    ResolvableType type = ResolvableType.forMethodReturnType(method, declaringBean);
    Arrival arrival = Arrival.DIRECT;
    Class<?> raw = type.toClass();
    if (raw == CompletionStage.class || raw == CompletableFuture.class) {
      arrival = Arrival.STAGE;
      type = type.getGeneric(0);
    } else if (Answers.reactorPresent() && MonoAnswers.isMono(raw)) {
      arrival = Arrival.MONO;
      type = type.getGeneric(0);
    }
    boolean reply = type.toClass() == Reply.class;
    if (reply) {
      type = type.getGeneric(0);
    }
    boolean optional = type.toClass() == Optional.class;
    if (optional) {
      type = type.getGeneric(0);
    }
    return new ResultShape(arrival, reply, optional, known(type));
  }

  /** The type without variables and wildcards; {@code Object} if nothing is known. */
  static Type known(ResolvableType type) {
    if (type == ResolvableType.NONE || type.resolve() == null) {
      return Object.class;
    }
    return type.hasUnresolvableGenerics()
            || type.getType() instanceof java.lang.reflect.TypeVariable
        ? type.toClass()
        : type.getType();
  }
}
