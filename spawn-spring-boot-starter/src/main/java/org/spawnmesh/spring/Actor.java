package org.spawnmesh.spring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.spawnmesh.actor.Kind;
import org.springframework.core.annotation.AliasFor;
import org.springframework.stereotype.Component;

/**
 * An ordinary singleton bean whose {@link Action} methods are what one type of actor can do.
 *
 * <p>One bean serves all actors of its type, many at once, so it holds no actor's state: an action
 * gets it from its {@link ActorContext} and replaces it through its {@link Reply}. The type
 * parameter of the {@code ActorContext} is the type of the state; an actor whose actions declare
 * none is stateless.
 *
 * <p>Attributes that are text may contain placeholders.
 */
@Documented
@Component
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface Actor {

  /** Same as {@link #type}. */
  @AliasFor("type")
  String value() default "";

  /** Name of the actor type; by default the simple name of the class. */
  @AliasFor("value")
  String type() default "";

  /**
   * {@link Kind#UNNAMED}: one actor for each name that is used. {@link Kind#NAMED}: one actor,
   * whose name is its type. {@link Kind#POOLED}: stateless workers.
   */
  Kind kind() default Kind.UNNAMED;

  /**
   * How long an actor may be unused before it leaves memory, for example {@code 10m}; by default
   * {@code spawn.idle-timeout}.
   */
  String idleTimeout() default "";

  /** When a change is safe, compared with when its answer leaves. */
  Durability durability() default Durability.DEFAULT;

  /** For {@link Durability#SNAPSHOT}: how often state is saved while it changes. */
  String snapshotInterval() default "";

  /**
   * How many earlier revisions of the state to keep, 0 for none; by default {@code
   * spawn.statestore.history}.
   */
  int history() default -1;

  /**
   * Whether reads show the latest state even at a node that is just losing the actor to another;
   * costs them a question to the database.
   */
  boolean linearizable() default false;

  /** For {@link Kind#POOLED}: the least number of workers of one name. */
  int minPool() default 1;

  /** For {@link Kind#POOLED}: the greatest number; by default the number of processors. */
  int maxPool() default 0;

  /** See {@link org.spawnmesh.actor.Durability}. */
  enum Durability {
    /** What {@code spawn.durability} says. */
    DEFAULT,
    /** The answer leaves after the change is durable. */
    COMMIT,
    /** The answer leaves at once; a crash may lose up to one {@link #snapshotInterval}. */
    SNAPSHOT
  }
}
