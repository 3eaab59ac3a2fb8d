package org.spawnmesh.spring;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.SpawnException;
import org.springframework.core.ParameterizedTypeReference;

/**
 * The way to an actor, wherever it lives and whether or not it is in memory. Immutable, thread-safe
 * and cheap.
 *
 * <p>All methods throw {@link SpawnException} when a call fails, or fail their stage with it; its
 * {@code code()} says why and its {@code execution()} whether the action took effect. Payloads are
 * null for none, records, beans, protobuf messages, or anything else that Jackson writes.
 */
public interface ActorRef {

  /** Who is called. */
  ActorId id();

  /**
   * Runs an action and waits for its answer.
   *
   * @return null if the action answered nothing
   */
  <T> @Nullable T ask(String action, @Nullable Object payload, Class<T> answer);

  /** Like {@link #ask(String, Object, Class)}, for answers such as {@code List<Item>}. */
  <T> @Nullable T ask(
      String action, @Nullable Object payload, ParameterizedTypeReference<T> answer);

  /** Like {@link #ask(String, Object, Class)} without a payload. */
  default <T> @Nullable T ask(String action, Class<T> answer) {
    return ask(action, null, answer);
  }

  /**
   * Runs an action without blocking. What depends on the stage runs on a virtual thread, which it
   * may block.
   */
  <T> CompletionStage<@Nullable T> askAsync(
      String action, @Nullable Object payload, Class<T> answer);

  /** Like {@link #askAsync(String, Object, Class)}, for answers such as {@code List<Item>}. */
  <T> CompletionStage<@Nullable T> askAsync(
      String action, @Nullable Object payload, ParameterizedTypeReference<T> answer);

  /**
   * Gives the actor a message and returns when it took it. What the action answers, and whether it
   * fails, is nobody's concern but the log's.
   */
  void tell(String action, @Nullable Object payload);

  /** Like {@link #tell(String, Object)} without a payload. */
  default void tell(String action) {
    tell(action, null);
  }

  /** The actor's reminders, by name. */
  List<PlannedReminder> reminders();

  /**
   * Ends a reminder of the actor.
   *
   * @return false if there was none with this name
   */
  boolean cancelReminder(String name);

  /** The same actor, waiting no longer than this for an answer. */
  ActorRef withTimeout(Duration timeout);

  /**
   * The same actor, called under a key: however often, it applies the call once and answers the
   * same again. A key belongs to one call, that is one action with one payload, and its retries; a
   * new call needs a new one.
   *
   * @throws IllegalArgumentException if the key is blank, longer than 255 characters, or holds
   *     control characters
   */
  ActorRef withKey(String key);

  /** The same actor, passing these entries along in addition to what is passed along anyway. */
  ActorRef withMetadata(Map<String, String> entries);
}
