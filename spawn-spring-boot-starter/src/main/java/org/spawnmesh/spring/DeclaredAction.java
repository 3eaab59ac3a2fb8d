package org.spawnmesh.spring;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.lang.reflect.WildcardType;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.ReminderDefinition;
import org.spawnmesh.spring.payload.PayloadCodecs;
import org.springframework.aop.support.AopUtils;
import org.springframework.core.Nullness;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.util.ReflectionUtils;
import org.springframework.util.StringUtils;

/**
 * What one {@link Action} method says about its action. What is wrong with it is found when it is
 * {@link #read} and {@link #check}ed, and says what to change.
 *
 * @param payloadAt the position of the parameter; -1 if there is none
 * @param contextAt likewise
 */
record DeclaredAction(
    Class<?> beanClass,
    String name,
    Action annotation,
    Method method,
    int payloadAt,
    int contextAt,
    @Nullable ReminderDefinition reminder) {

  /** How every method is called: the bean, the payload, the context. */
  private static final MethodType UNIFORM =
      MethodType.methodType(Object.class, Object.class, Object.class, ActorContext.class);

  /**
   * @param placeholders resolves them in the annotations' text
   * @throws InvalidDeclarationException if the method cannot be an action
   */
  static DeclaredAction read(
      Class<?> beanClass, Method method, UnaryOperator<String> placeholders) {
    String where = where(beanClass, method);
    if (Modifier.isPrivate(method.getModifiers())) {
      throw new InvalidDeclarationException(
          "The action %s is private, so proxies of the bean would pass it by.".formatted(where),
          "Leave out 'private'; package-private is enough.");
    }
    if (Modifier.isStatic(method.getModifiers())) {
      throw new InvalidDeclarationException(
          "The action %s is static, but actions run on the bean.".formatted(where),
          "Leave out 'static'.");
    }
    Action annotation =
        Objects.requireNonNull(AnnotatedElementUtils.findMergedAnnotation(method, Action.class));
    int payloadAt = -1;
    int contextAt = -1;
    for (int i = 0; i < method.getParameterCount(); i++) {
      if (method.getParameterTypes()[i] == ActorContext.class) {
        if (contextAt >= 0) {
          throw new InvalidDeclarationException(
              "The action %s takes two contexts.".formatted(where), "Leave one out.");
        }
        contextAt = i;
      } else {
        if (payloadAt >= 0) {
          throw new InvalidDeclarationException(
              "The action %s takes two payloads, %s and %s; a message carries one."
                  .formatted(
                      where,
                      method.getParameterTypes()[payloadAt].getSimpleName(),
                      method.getParameterTypes()[i].getSimpleName()),
              "Put what belongs together into one record; beans come through the constructor.");
        }
        payloadAt = i;
      }
    }
    if ((annotation.init() || !annotation.timer().isEmpty()) && payloadAt >= 0) {
      throw sendsNoPayload(where, annotation.init() ? "at activation" : "by a timer");
    }
    Reminder reminder = AnnotatedElementUtils.findMergedAnnotation(method, Reminder.class);
    if (reminder != null && payloadAt >= 0) {
      throw sendsNoPayload(where, "by a reminder");
    }
    String named = placeholders.apply(annotation.name());
    String name = StringUtils.hasText(named) ? named : method.getName();
    return new DeclaredAction(
        beanClass,
        name,
        annotation,
        method,
        payloadAt,
        contextAt,
        reminder == null
            ? null
            : new DeclaredReminder(reminder, where, placeholders).definition(name));
  }

  private static InvalidDeclarationException sendsNoPayload(String where, String by) {
    return new InvalidDeclarationException(
        "The action %s runs %s, which sends no payload, but takes one.".formatted(where, by),
        "Take only an ActorContext, or nothing.");
  }

  /** Can its types travel? */
  void check(PayloadCodecs codecs) {
    Type payload = payloadType();
    String obstacle = payload == null ? null : codecs.obstacle(payload);
    if (payload != null && obstacle != null) {
      throw new InvalidDeclarationException(
          "The action %s takes %s, which no message can become: %s."
              .formatted(where(beanClass, method), payload.getTypeName(), obstacle),
          "Take a record, a bean or a protobuf message.");
    }
    Type result = result().value();
    obstacle = codecs.obstacle(result);
    if (obstacle != null) {
      throw new InvalidDeclarationException(
          "The action %s returns %s, which cannot be sent: %s."
              .formatted(where(beanClass, method), result.getTypeName(), obstacle),
          "Return a record, a bean, a protobuf message, or a Reply, CompletionStage or Mono of"
              + " one.");
    }
  }

  // ---- its types ----

  /** Null if it takes none. */
  @Nullable Type payloadType() {
    return payloadAt < 0
        ? null
        : ResultShape.known(ResolvableType.forMethodParameter(method, payloadAt, beanClass));
  }

  private boolean isPayloadRequired() {
    return payloadAt >= 0
        && Nullness.forParameter(method.getParameters()[payloadAt]) != Nullness.NULLABLE;
  }

  /** The actor's state as its context names it; null if it names none. */
  @Nullable Type stateType() {
    if (contextAt < 0) {
      return null;
    }
    ResolvableType state =
        ResolvableType.forMethodParameter(method, contextAt, beanClass).getGeneric(0);
    return state == ResolvableType.NONE
            || state.getType() instanceof WildcardType
            || state.toClass() == Void.class
            || state.toClass() == Object.class
        ? null
        : ResultShape.known(state);
  }

  ResultShape result() {
    return ResultShape.of(method, beanClass);
  }

  /** For tools. */
  ActorShape.ActionShape shape() {
    return new ActorShape.ActionShape(payloadType(), isPayloadRequired(), result().value());
  }

  // ---- to be called ----

  /**
   * The method of {@code bean}.
   *
   * @param state of the actor; null if it has none
   */
  BeanAction bind(Object bean, BeanAction.@Nullable StateCodec state, PayloadCodecs codecs) {
    Type payload = payloadType();
    ResultShape result = result();
    return new BeanAction(
        handle(bean),
        payload == null ? null : codecs.of(payload),
        ResolvableType.forType(payload == null ? void.class : payload).toClass().getSimpleName(),
        isPayloadRequired(),
        state,
        codecs.of(result.value()),
        result);
  }

  private MethodHandle handle(Object bean) {
    Method called = invocable(bean);
    try {
      ReflectionUtils.makeAccessible(called);
      MethodHandle handle = MethodHandles.lookup().unreflect(called);
      if (payloadAt < 0) {
        handle = MethodHandles.dropArguments(handle, handle.type().parameterCount(), Object.class);
      }
      if (contextAt < 0) {
        handle =
            MethodHandles.dropArguments(handle, handle.type().parameterCount(), ActorContext.class);
      }
      // now (bean, payload, context) or, if the method says so, (bean, context, payload)
      if (handle.type().parameterType(1) == ActorContext.class) {
        MethodType swapped =
            MethodType.methodType(
                handle.type().returnType(),
                handle.type().parameterType(0),
                handle.type().parameterType(2),
                ActorContext.class);
        handle = MethodHandles.permuteArguments(handle, swapped, 0, 2, 1);
      }
      return handle.asType(UNIFORM);
    } catch (IllegalAccessException e) {
      throw new InvalidDeclarationException(
          "The action %s cannot be called: %s".formatted(where(beanClass, called), e.getMessage()),
          "Open its package to the module org.spawnmesh.spring, or make class and method public.",
          e);
    }
  }

  /** A proxy that knows only interfaces, or cannot override a method, would not be asked. */
  private Method invocable(Object bean) {
    if (AopUtils.isCglibProxy(bean) && Modifier.isFinal(method.getModifiers())) {
      throw new InvalidDeclarationException(
          "The action %s is final, but the bean is proxied, for example for validation."
              .formatted(where(beanClass, method)),
          "Leave out 'final'.");
    }
    try {
      return AopUtils.selectInvocableMethod(method, bean.getClass());
    } catch (IllegalStateException e) {
      throw new InvalidDeclarationException(
          "The action %s is in none of the interfaces that the bean's proxy has."
              .formatted(where(beanClass, method)),
          "Set spring.aop.proxy-target-class=true, or add the method to an interface of the class.",
          e);
    }
  }

  // ---- for people ----

  private static String where(Class<?> beanClass, Method method) {
    return beanClass.getName() + "." + signature(method);
  }

  String signature() {
    return signature(method);
  }

  static String signature(Method method) {
    StringBuilder text = new StringBuilder(method.getName()).append('(');
    for (Class<?> parameter : method.getParameterTypes()) {
      if (text.charAt(text.length() - 1) != '(') {
        text.append(", ");
      }
      text.append(parameter.getSimpleName());
    }
    return text.append(')').toString();
  }
}
