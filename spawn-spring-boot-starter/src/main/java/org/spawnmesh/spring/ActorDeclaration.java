package org.spawnmesh.spring;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.ActionDefinition;
import org.spawnmesh.actor.ActorDefinition;
import org.spawnmesh.actor.ActorType;
import org.spawnmesh.actor.ChannelDefinition;
import org.spawnmesh.actor.Durability;
import org.spawnmesh.actor.Kind;
import org.spawnmesh.actor.ReminderDefinition;
import org.spawnmesh.actor.SpawnException;
import org.spawnmesh.actor.TimerDefinition;
import org.spawnmesh.spring.payload.PayloadCodecs;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.util.ReflectionUtils;
import org.springframework.util.StringUtils;

/**
 * What a bean's class says about an actor type. Immutable. Everything that is wrong with it is
 * found when it is {@link #read}, and says which class and method to change.
 */
final class ActorDeclaration {

  private final Class<?> beanClass;
  private final Actor annotation;
  private final String typeName;
  private final @Nullable Type stateType;
  private final Map<String, DeclaredAction> actions;
  private final UnaryOperator<String> placeholders;

  private ActorDeclaration(
      Class<?> beanClass,
      Actor annotation,
      String typeName,
      @Nullable Type stateType,
      Map<String, DeclaredAction> actions,
      UnaryOperator<String> placeholders) {
    this.beanClass = beanClass;
    this.annotation = annotation;
    this.typeName = typeName;
    this.stateType = stateType;
    this.actions = actions;
    this.placeholders = placeholders;
  }

  /**
   * @param placeholders resolves them in the annotations' text
   * @throws InvalidDeclarationException if the class is not a valid actor
   */
  static ActorDeclaration read(
      Class<?> beanClass, PayloadCodecs codecs, UnaryOperator<String> placeholders) {
    ActorDeclaration declaration = readUnchecked(beanClass, placeholders);
    declaration.check(codecs);
    return declaration;
  }

  /** Like {@link #read}, but does not ask whether the types in it can travel. */
  static ActorDeclaration readUnchecked(Class<?> beanClass, UnaryOperator<String> placeholders) {
    Actor annotation =
        MergedAnnotations.from(beanClass, MergedAnnotations.SearchStrategy.TYPE_HIERARCHY)
            .get(Actor.class)
            .synthesize();
    String named = placeholders.apply(annotation.type());
    String typeName = StringUtils.hasText(named) ? named : beanClass.getSimpleName();
    Map<String, DeclaredAction> actions = readActions(beanClass, placeholders);
    Type stateType = stateType(beanClass, actions);
    return new ActorDeclaration(beanClass, annotation, typeName, stateType, actions, placeholders);
  }

  private static Map<String, DeclaredAction> readActions(
      Class<?> beanClass, UnaryOperator<String> placeholders) {
    Map<String, DeclaredAction> actions = new LinkedHashMap<>();
    for (Method method : annotatedMethods(beanClass)) {
      DeclaredAction action = DeclaredAction.read(beanClass, method, placeholders);
      DeclaredAction twin = actions.putIfAbsent(action.name(), action);
      if (twin != null) {
        throw new InvalidDeclarationException(
            "The methods %s and %s of %s are both the action '%s'."
                .formatted(
                    twin.signature(), action.signature(), beanClass.getName(), action.name()),
            "Rename one of them, or give one another name with @Action(\"…\").");
      }
    }
    if (actions.isEmpty()) {
      throw new InvalidDeclarationException(
          "The actor %s has no actions.".formatted(beanClass.getName()),
          "Put @Action on the methods that the actor offers.");
    }
    return actions;
  }

  /** The class's own methods first, then inherited ones that it does not override. */
  private static List<Method> annotatedMethods(Class<?> beanClass) {
    List<Method> found = new ArrayList<>();
    ReflectionUtils.doWithMethods(
        beanClass, ActorDeclaration::requireAction, ActorDeclaration::hasReminder);
    ReflectionUtils.doWithMethods(
        beanClass,
        method -> {
          boolean overridden =
              found.stream()
                  .anyMatch(
                      other ->
                          other.getName().equals(method.getName())
                              && !Modifier.isPrivate(method.getModifiers())
                              && java.util.Arrays.equals(
                                  other.getParameterTypes(), method.getParameterTypes()));
          if (!overridden) {
            found.add(method);
          }
        },
        method ->
            !method.isBridge()
                && !method.isSynthetic()
                && AnnotatedElementUtils.hasAnnotation(method, Action.class));
    return found;
  }

  private static boolean hasReminder(Method method) {
    return !method.isBridge()
        && !method.isSynthetic()
        && AnnotatedElementUtils.hasAnnotation(method, Reminder.class);
  }

  private static void requireAction(Method method) {
    if (!AnnotatedElementUtils.hasAnnotation(method, Action.class)) {
      throw new InvalidDeclarationException(
          "The method %s.%s has a reminder and is no action."
              .formatted(method.getDeclaringClass().getName(), DeclaredAction.signature(method)),
          "Put @Action on it, too.");
    }
  }

  /** What all contexts agree on, or null if none names a state. */
  private static @Nullable Type stateType(Class<?> beanClass, Map<String, DeclaredAction> actions) {
    Type found = null;
    DeclaredAction where = null;
    for (DeclaredAction action : actions.values()) {
      Type type = action.stateType();
      if (type == null) {
        continue;
      }
      if (found != null && where != null && !found.equals(type)) {
        throw new InvalidDeclarationException(
            "The actions %s and %s of %s disagree about the actor's state: %s and %s."
                .formatted(
                    where.signature(),
                    action.signature(),
                    beanClass.getName(),
                    found.getTypeName(),
                    type.getTypeName()),
            "Give every ActorContext<…> of the class the same type.");
      }
      found = type;
      where = action;
    }
    return found;
  }

  private void check(PayloadCodecs codecs) {
    if (annotation.kind() == Kind.POOLED && stateType != null) {
      throw new InvalidDeclarationException(
          "The actor %s is POOLED and declares the state %s, but pooled workers share none."
              .formatted(beanClass.getName(), stateType.getTypeName()),
          "Make it kind = UNNAMED, or declare ActorContext<Void> and keep state elsewhere.");
    }
    if (stateType != null) {
      String obstacle = codecs.obstacle(stateType);
      if (obstacle != null) {
        throw new InvalidDeclarationException(
            "The state %s of the actor %s cannot be stored: %s."
                .formatted(stateType.getTypeName(), beanClass.getName(), obstacle),
            "Make the state a record or a protobuf message.");
      }
    }
    DeclaredAction init = null;
    for (DeclaredAction action : actions.values()) {
      if (action.annotation().init()) {
        if (init != null) {
          throw new InvalidDeclarationException(
              "The actor %s has two init actions, %s and %s."
                  .formatted(beanClass.getName(), init.name(), action.name()),
              "Leave init = true on one of them and let it call the other.");
        }
        init = action;
      }
      action.check(codecs);
    }
  }

  Class<?> beanClass() {
    return beanClass;
  }

  String typeName() {
    return typeName;
  }

  /** The types of its state and of all its messages, for those who must know them beforehand. */
  List<Type> types() {
    List<Type> types = new ArrayList<>();
    if (stateType != null) {
      types.add(stateType);
    }
    for (DeclaredAction action : actions.values()) {
      if (action.payloadType() != null) {
        types.add(action.payloadType());
      }
      types.add(action.result().value());
    }
    return types;
  }

  List<Method> methods() {
    return actions.values().stream().map(DeclaredAction::method).toList();
  }

  /** What the engine must know. */
  ActorDefinition definition(String system, int defaultHistory) {
    try {
      return ActorDefinition.of(
          new ActorType(system, typeName),
          annotation.kind(),
          parts -> {
            parts.stateful(stateType != null);
            List<TimerDefinition> timers = new ArrayList<>();
            List<ChannelDefinition> channels = new ArrayList<>();
            List<ReminderDefinition> reminders = new ArrayList<>();
            for (DeclaredAction action : actions.values()) {
              parts.action(new ActionDefinition(action.name(), action.annotation().reentrant()));
              if (action.annotation().init()) {
                parts.initAction(action.name());
              }
              Duration period =
                  duration(action.annotation().timer(), "@Action(timer) of " + action.name());
              if (period != null) {
                timers.add(new TimerDefinition(action.name(), period));
              }
              for (String channel : action.annotation().channels()) {
                channels.add(new ChannelDefinition(placeholders.apply(channel), action.name()));
              }
              if (action.reminder() != null) {
                reminders.add(action.reminder());
              }
            }
            parts.timers(timers).channels(channels).reminders(reminders).durability(durability());
            parts.idleTimeout(duration(annotation.idleTimeout(), "@Actor(idleTimeout)"));
            parts.linearizable(annotation.linearizable());
            if (stateType != null) {
              parts.history(annotation.history() < 0 ? defaultHistory : annotation.history());
            }
            int processors = Runtime.getRuntime().availableProcessors();
            int max = annotation.maxPool();
            parts.pool(
                annotation.minPool(),
                max > 0 ? max : Math.max(annotation.minPool(), Math.max(2, processors)));
          });
    } catch (InvalidDeclarationException e) {
      throw e;
    } catch (SpawnException e) {
      throw new InvalidDeclarationException(
          "The actor %s: %s.".formatted(beanClass.getName(), e.failure().message()),
          "Correct the attributes of its @Actor and @Action annotations.",
          e);
    } catch (IllegalArgumentException e) {
      throw new InvalidDeclarationException(
          "The actor %s: %s.".formatted(beanClass.getName(), e.getMessage()),
          "Correct the attributes of its @Actor and @Action annotations.",
          e);
    }
  }

  private @Nullable Durability durability() {
    Duration interval = duration(annotation.snapshotInterval(), "@Actor(snapshotInterval)");
    return switch (annotation.durability()) {
      case SNAPSHOT -> new Durability.Snapshot(interval == null ? Duration.ofSeconds(1) : interval);
      case COMMIT, DEFAULT -> {
        if (interval != null) {
          throw new InvalidDeclarationException(
              "The actor %s has snapshotInterval = \"%s\" and durability = %s, which saves at once."
                  .formatted(
                      beanClass.getName(), annotation.snapshotInterval(), annotation.durability()),
              "Leave out snapshotInterval, or set durability = SNAPSHOT.");
        }
        yield annotation.durability() == Actor.Durability.COMMIT ? Durability.COMMIT : null;
      }
    };
  }

  private @Nullable Duration duration(String text, String where) {
    String resolved = placeholders.apply(text);
    if (!StringUtils.hasText(resolved)) {
      return null;
    }
    try {
      return DurationStyle.detectAndParse(resolved);
    } catch (IllegalArgumentException e) {
      throw new InvalidDeclarationException(
          "%s on %s is '%s', which is not a duration."
              .formatted(where, beanClass.getName(), resolved),
          "Write for example 500ms, 10s or 5m.",
          e);
    }
  }

  /** The methods of {@code bean}, ready to be called. */
  Map<String, BeanAction> bind(Object bean, PayloadCodecs codecs) {
    BeanAction.StateCodec state =
        stateType == null
            ? null
            : new BeanAction.StateCodec(
                ResolvableType.forType(stateType).toClass(), codecs.of(stateType));
    Map<String, BeanAction> bound = new LinkedHashMap<>();
    actions.forEach((name, action) -> bound.put(name, action.bind(bean, state, codecs)));
    return bound;
  }

  /** For tools. */
  ActorShape shape() {
    Map<String, ActorShape.ActionShape> shapes = new LinkedHashMap<>();
    actions.forEach((name, action) -> shapes.put(name, action.shape()));
    return new ActorShape(stateType, shapes);
  }
}
