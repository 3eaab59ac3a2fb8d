package org.spawnmesh.spring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Runs the {@link Action} it stands on at planned times, whether or not the actor is in memory and
 * whatever happened to the nodes meanwhile. An actor has the reminder from its first use on; the
 * only actor of a {@code NAMED} type has it from the start. The action takes no message.
 *
 * <p>For example {@code @Reminder(cron = "0 0 9 * * MON-FRI", zone = "Europe/Berlin")}. Reminders
 * that only some actors have are set by {@link Reply#remind}.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Reminder {

  /**
   * Second, minute, hour, day of the month, month and weekday; see {@link
   * org.spawnmesh.actor.CronExpression}.
   */
  String cron() default "";

  /** In place of {@link #cron}: at this period from the first use on, for example {@code 1h}. */
  String every() default "";

  /** The time zone of {@link #cron}, for example {@code Europe/Berlin}. By default UTC. */
  String zone() default "";

  /** What becomes of times that passed while no node ran. */
  CatchUp catchUp() default CatchUp.ONE;

  /** For {@link CatchUp#ALL}: how many missed times are made up for at most. */
  int atMost() default 100;

  /** What becomes of times that were missed. */
  enum CatchUp {
    /** They stay undone. */
    SKIP,
    /** Once for all of them, in the name of the last. */
    ONE,
    /** Each of them in order, but no more than the last {@link Reminder#atMost}. */
    ALL
  }
}
