package org.spawnmesh.spring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.aot.hint.annotation.Reflective;
import org.springframework.core.annotation.AliasFor;

/**
 * Something an {@link Actor} can do. An actor runs one action at a time, on a virtual thread that
 * the action may block.
 *
 * <p>The method takes the message, an {@link ActorContext}, both in any order, or nothing. A
 * message must be sent unless its parameter is {@code @Nullable}. The method returns a value, which
 * answers and changes nothing; a {@link Reply}, which may also replace the state and send messages;
 * {@code void}; or a {@code CompletionStage} or {@code Mono} of these. Throwing changes nothing,
 * whatever the action did to the state object it was given.
 *
 * <p>On a method of a client interface it gives the name of the action that the method calls.
 */
@Documented
@Reflective
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Action {

  /** Same as {@link #name}. */
  @AliasFor("name")
  String value() default "";

  /** By default the name of the method. */
  @AliasFor("value")
  String name() default "";

  /**
   * May be called by an actor that this one is waiting for. It then runs beside the waiting action,
   * sees the state from before it, and must not change it.
   */
  boolean reentrant() default false;

  /** Runs whenever the actor comes into memory, before its first message. */
  boolean init() default false;

  /**
   * Also runs at this period while the actor is in memory, for example {@code 1s}. Local: it stops
   * when the actor leaves memory, but a period shorter than the idle timeout keeps it there.
   */
  String timer() default "";

  /** Also receives what is broadcast on these channels, in every actor that is in memory. */
  String[] channels() default {};
}
