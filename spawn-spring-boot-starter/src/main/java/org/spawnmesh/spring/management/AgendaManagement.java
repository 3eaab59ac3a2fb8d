package org.spawnmesh.spring.management;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.ActorType;
import org.spawnmesh.actor.Answer;
import org.spawnmesh.actor.Failure;
import org.spawnmesh.actor.SpawnException;
import org.spawnmesh.runtime.SpawnNode;
import org.spawnmesh.store.Agenda;
import org.spawnmesh.store.DeadLetter;
import org.spawnmesh.store.KeptReply;
import org.spawnmesh.store.OutboxEntry;
import org.spawnmesh.store.Reminder;
import org.spawnmesh.store.Slots;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What actors have yet to send, to do and to remember, and what can be done about it, whichever
 * node owns them. Blocks; thread-safe. It tells who, whom, what and why, and never what a message
 * or a reply holds. Only cancelling a reminder wakes an actor.
 */
final class AgendaManagement {

  private static final int MOST_ROWS = 500;

  private final SpawnNode node;
  private final Ids ids;
  private final JsonMapper mapper;

  AgendaManagement(SpawnNode node, Ids ids, JsonMapper mapper) {
    this.node = node;
    this.ids = ids;
    this.mapper = mapper;
  }

  private Agenda agenda() {
    return node.store().agenda();
  }

  // ---- of a type ----

  /** Dead letters of a type's actors, a page at a time, and how many there are in all. */
  Map<String, Object> deadLetters(String typeName, Request request) {
    ActorType type = ids.type(typeName);
    Cursor cursor = cursor(request);
    OutboxEntry.Key after =
        cursor == null
            ? null
            : new OutboxEntry.Key(ids.actor(typeName, cursor.name), number(cursor.part));
    int limit = limit(request);
    List<DeadLetter> found =
        agenda().deadLetters(type, request.query().getOrDefault("prefix", ""), after, limit + 1);
    Map<String, Object> page =
        page(
            found,
            limit,
            AgendaManagement::row,
            last -> cursor(last.entry().sender(), Long.toString(last.entry().sequence())));
    page.put("total", agenda().countDeadLetters(type));
    return page;
  }

  /**
   * Reminders of a type's actors: by name a page at a time; or, if {@code due} is given, those that
   * are due until then, first those that are due first.
   */
  Map<String, Object> reminders(String typeName, Request request) {
    ActorType type = ids.type(typeName);
    int limit = limit(request);
    String due = request.query().get("due");
    if (due != null) {
      List<Reminder> found = agenda().due(type, Slots.ALL, instant(due), limit);
      return page(found, limit, AgendaManagement::row, last -> null);
    }
    Cursor cursor = cursor(request);
    Reminder.Key after =
        cursor == null ? null : new Reminder.Key(ids.actor(typeName, cursor.name), cursor.part);
    List<Reminder> found =
        agenda().reminders(type, request.query().getOrDefault("prefix", ""), after, limit + 1);
    return page(found, limit, AgendaManagement::row, last -> cursor(last.actor(), last.name()));
  }

  // ---- of an actor ----

  Map<String, Object> outbox(String typeName, String actorName, Request request) {
    int limit = limit(request);
    List<OutboxEntry> found =
        agenda().outbox(ids.actor(typeName, actorName), afterSequence(request), limit + 1);
    return page(found, limit, AgendaManagement::row, last -> Long.toString(last.sequence()));
  }

  Map<String, Object> deadLetters(String typeName, String actorName, Request request) {
    int limit = limit(request);
    List<DeadLetter> found =
        agenda().deadLetters(ids.actor(typeName, actorName), afterSequence(request), limit + 1);
    return page(
        found, limit, AgendaManagement::row, last -> Long.toString(last.entry().sequence()));
  }

  Map<String, Object> reminders(String typeName, String actorName) {
    List<Reminder> all = agenda().reminders(ids.actor(typeName, actorName));
    return page(all, all.size(), AgendaManagement::row, last -> null);
  }

  /** Those first that are kept longest; what is beyond the limit is not shown. */
  Map<String, Object> replies(String typeName, String actorName, Request request) {
    int limit = limit(request);
    return page(
        agenda().replies(ids.actor(typeName, actorName), limit),
        limit,
        AgendaManagement::row,
        last -> null);
  }

  // ---- pages ----

  private static int limit(Request request) {
    return request.number("limit", 50, MOST_ROWS);
  }

  private static long afterSequence(Request request) {
    String after = request.query().get("after");
    return after == null ? 0 : number(after);
  }

  /** Where a page of a type ended. */
  private record Cursor(String name, String part) {}

  private @Nullable Cursor cursor(Request request) {
    String after = request.query().get("after");
    if (after == null) {
      return null;
    }
    try {
      JsonNode pair = mapper.readTree(after);
      if (pair.isArray() && pair.size() == 2) {
        return new Cursor(pair.get(0).asString(), pair.get(1).asString());
      }
    } catch (JacksonException e) {
      throw noCursor(after);
    }
    throw noCursor(after);
  }

  private String cursor(ActorId actor, String part) {
    return mapper.writeValueAsString(List.of(actor.name(), part));
  }

  private static RefusedRequestException noCursor(String after) {
    return RefusedRequestException.badRequest(
        "after is '%s'; send what the page before has as 'next'".formatted(after));
  }

  private static long number(String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw noCursor(text);
    }
  }

  private static Instant instant(String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeException e) {
      throw RefusedRequestException.badRequest(
          "due is '%s'; it must be an instant like 2026-01-31T12:00:00Z".formatted(text));
    }
  }

  private static <T> Map<String, Object> page(
      List<T> found,
      int limit,
      Function<T, Map<String, Object>> row,
      Function<T, @Nullable String> cursor) {
    List<T> shown = found.subList(0, Math.min(limit, found.size()));
    Map<String, Object> page = new LinkedHashMap<>();
    page.put("rows", shown.stream().map(row).toList());
    page.put("next", found.size() > limit ? cursor.apply(shown.getLast()) : null);
    return page;
  }

  private static Map<String, Object> row(OutboxEntry entry) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("name", entry.sender().name());
    row.put("sequence", entry.sequence());
    row.put("target", entry.target().shortName());
    row.put("action", entry.action());
    row.put("ordered", entry.ordered());
    return row;
  }

  private static Map<String, Object> row(DeadLetter letter) {
    Map<String, Object> row = row(letter.entry());
    row.put("failure", NodeManagement.failure(letter.reason()));
    row.put("attempts", letter.attempts());
    row.put("at", letter.at().toString());
    return row;
  }

  private static Map<String, Object> row(Reminder reminder) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("name", reminder.actor().name());
    row.put("reminder", reminder.name());
    row.put("action", reminder.action());
    row.put("schedule", reminder.schedule());
    row.put("zone", reminder.zone());
    row.put("catchUp", reminder.catchUp());
    row.put("due", reminder.due().toString());
    return row;
  }

  private static Map<String, Object> row(KeptReply reply) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("source", reply.source());
    row.put("number", reply.number());
    row.put(
        "code",
        reply.answer() instanceof Answer.Failed failed ? failed.failure().code().id() : null);
    row.put("until", reply.until().toString());
    return row;
  }

  // ---- changes ----

  /** A row as it is now, and what is to be done to it; false if it was gone by then. */
  private record Touch(Map<String, Object> row, Supplier<CompletionStage<Boolean>> change) {}

  /**
   * Does something to rows that are named one by one; or tells what it would touch, if it is asked
   * for a preview.
   */
  Map<String, Object> change(String typeName, String part, Request request) {
    String operation = request.text("operation");
    JsonNode rows = request.body().get("rows");
    if (rows == null || !rows.isArray() || rows.isEmpty() || rows.size() > MOST_ROWS) {
      throw RefusedRequestException.badRequest(
          "The body needs 'rows', an array of 1 to " + MOST_ROWS);
    }
    List<Touch> touches = new ArrayList<>();
    for (JsonNode row : rows) {
      touch(part + " " + operation, ids.actor(typeName, Request.text(row, "name")), row)
          .ifPresent(touches::add);
    }
    JsonNode preview = request.body().get("preview");
    return preview != null && preview.asBoolean()
        ? changed(touches.stream().map(Touch::row).toList(), rows.size(), null)
        : carryOut(touches, rows.size());
  }

  private Optional<Touch> touch(String what, ActorId actor, JsonNode row) {
    return switch (what) {
      case "dead-letters retry" -> {
        long sequence = sequence(row);
        yield node.mail()
            .deadLetter(actor, sequence)
            .map(letter -> new Touch(row(letter), () -> node.mail().retry(actor, sequence)));
      }
      case "dead-letters drop" -> {
        long sequence = sequence(row);
        yield node.mail()
            .deadLetter(actor, sequence)
            .map(letter -> new Touch(row(letter), () -> node.mail().drop(actor, sequence)));
      }
      case "outbox cancel" -> {
        long sequence = sequence(row);
        yield agenda().outbox(actor, sequence - 1, 1).stream()
            .filter(entry -> entry.sequence() == sequence)
            .findFirst()
            .map(entry -> new Touch(row(entry), () -> node.mail().cancel(actor, sequence)));
      }
      case "reminders cancel" -> {
        String name = Request.text(row, "reminder");
        yield agenda()
            .reminder(actor, name)
            .map(reminder -> new Touch(row(reminder), () -> cancel(actor, name)));
      }
      default ->
          throw RefusedRequestException.badRequest(
              "There is no '%s'; there is dead-letters retry, dead-letters drop, outbox cancel, and reminders cancel"
                  .formatted(what));
    };
  }

  private CompletionStage<Boolean> cancel(ActorId actor, String reminder) {
    return node.cancelReminder(actor, reminder).thenApply(answer -> !answer.orThrow().isNone());
  }

  private static long sequence(JsonNode row) {
    JsonNode sequence = row.get("sequence");
    if (sequence == null || !sequence.isIntegralNumber()) {
      throw RefusedRequestException.badRequest("A message is named by 'name' and 'sequence'");
    }
    return sequence.asLong();
  }

  /** All at once: what one actor takes long for does not hold up the others. */
  private static Map<String, Object> carryOut(List<Touch> touches, int asked) {
    List<CompletableFuture<Boolean>> changes =
        touches.stream().map(touch -> touch.change.get().toCompletableFuture()).toList();
    List<Map<String, Object>> done = new ArrayList<>();
    Failure failure = null;
    int failed = 0;
    for (int i = 0; i < changes.size(); i++) {
      try {
        if (NodeManagement.await(changes.get(i))) {
          done.add(touches.get(i).row);
        }
      } catch (SpawnException e) {
        failure = e.failure();
        failed++;
      }
    }
    Map<String, Object> outcome = changed(done, asked - failed, failure);
    outcome.put("failed", failed);
    outcome.put("done", !done.isEmpty());
    return outcome;
  }

  private static Map<String, Object> changed(
      List<Map<String, Object>> touched, int asked, @Nullable Failure failure) {
    Map<String, Object> outcome = new LinkedHashMap<>();
    outcome.put("rows", touched);
    outcome.put("gone", asked - touched.size());
    outcome.put("failure", failure == null ? null : NodeManagement.failure(failure));
    return outcome;
  }
}
