package org.spawnmesh.spring;

import java.time.Duration;
import java.util.function.UnaryOperator;
import org.spawnmesh.actor.CatchUp;
import org.spawnmesh.actor.ReminderDefinition;
import org.spawnmesh.actor.ScheduleSyntaxException;
import org.spawnmesh.actor.Timing;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.util.StringUtils;

/** Reads a {@link Reminder} annotation, and says where it is wrong if it is. */
record DeclaredReminder(Reminder annotation, String where, UnaryOperator<String> placeholders) {

  ReminderDefinition definition(String action) {
    return new ReminderDefinition(action, timing(), catchUp());
  }

  private Timing timing() {
    String cron = placeholders.apply(annotation.cron());
    String every = placeholders.apply(annotation.every());
    if (StringUtils.hasText(cron) == StringUtils.hasText(every)) {
      throw new InvalidDeclarationException(
          "The reminder on %s says %s.".formatted(where, every.isBlank() ? "no time" : "two times"),
          "Give it either cron or every.");
    }
    return StringUtils.hasText(cron) ? cron(cron) : every(every);
  }

  private Timing cron(String expression) {
    String zone = placeholders.apply(annotation.zone());
    try {
      return Timing.cron(expression, StringUtils.hasText(zone) ? zone : "UTC");
    } catch (ScheduleSyntaxException e) {
      throw new InvalidDeclarationException(
          "The reminder on %s cannot be planned: %s.%n%n    %s%n    %s^"
              .formatted(where, e.getMessage(), e.text(), " ".repeat(e.position())),
          "Correct %s of its @Reminder; an expression is second, minute, hour, day of the month, month, weekday."
              .formatted(e.text().equals(expression) ? "cron" : "zone"),
          e);
    }
  }

  private Timing every(String text) {
    if (StringUtils.hasText(annotation.zone())) {
      throw new InvalidDeclarationException(
          "The reminder on %s has a zone, but a period is the same in all zones.".formatted(where),
          "Leave out zone.");
    }
    try {
      Duration period = DurationStyle.detectAndParse(text);
      return Timing.every(period);
    } catch (IllegalArgumentException e) {
      throw new InvalidDeclarationException(
          "The reminder on %s comes every '%s': %s.".formatted(where, text, e.getMessage()),
          "Write for example 30s, 10m or 1h; what is more frequent than a second is for"
              + " @Action(timer = …).",
          e);
    }
  }

  private CatchUp catchUp() {
    return switch (annotation.catchUp()) {
      case SKIP -> CatchUp.SKIP;
      case ONE -> CatchUp.ONE;
      case ALL -> {
        try {
          yield CatchUp.all(annotation.atMost());
        } catch (IllegalArgumentException e) {
          throw new InvalidDeclarationException(
              "The reminder on %s: %s.".formatted(where, e.getMessage()),
              "Correct atMost of its @Reminder.",
              e);
        }
      }
    };
  }
}
