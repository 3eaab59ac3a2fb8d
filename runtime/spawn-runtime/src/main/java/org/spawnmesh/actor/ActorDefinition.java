package org.spawnmesh.actor;

import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What the engine must know about an actor type. Immutable; made by {@link #of} and a {@link
 * Builder}.
 */
public final class ActorDefinition {

  private final ActorType type;
  private final Kind kind;
  private final boolean stateful;
  private final Map<String, ActionDefinition> actions;
  private final @Nullable String initAction;
  private final List<TimerDefinition> timers;
  private final List<ChannelDefinition> channels;
  private final List<ReminderDefinition> reminders;
  private final @Nullable Payload initialState;
  private final Map<String, String> initialTags;
  private final @Nullable Duration idleTimeout;
  private final @Nullable Durability durability;
  private final int history;
  private final boolean linearizable;
  private final int minPool;
  private final int maxPool;

  private ActorDefinition(Builder b) {
    this.type = b.type;
    this.kind = b.kind;
    this.stateful = b.stateful;
    this.actions = Map.copyOf(b.actions);
    this.initAction = b.initAction;
    this.timers = List.copyOf(b.timers);
    this.channels = List.copyOf(b.channels);
    this.reminders = List.copyOf(b.reminders);
    this.initialState = b.initialState;
    this.initialTags = Map.copyOf(b.initialTags);
    this.idleTimeout = b.idleTimeout;
    this.durability = b.durability;
    this.history = b.history;
    this.linearizable = b.linearizable;
    this.minPool = b.minPool;
    this.maxPool = b.maxPool;
  }

  /**
   * @throws SpawnException with {@link FailureCode#INVALID_DECLARATION} if the parts contradict
   *     each other
   */
  public static ActorDefinition of(ActorType type, Kind kind, Consumer<Builder> parts) {
    Builder builder = new Builder(type, kind);
    parts.accept(builder);
    ActorDefinition definition = new ActorDefinition(builder);
    definition.check();
    return definition;
  }

  private void check() {
    if (kind == Kind.POOLED && stateful) {
      throw invalid("is POOLED and stateful; pooled activations share no state");
    }
    if (kind == Kind.POOLED && (minPool < 0 || maxPool < 1 || minPool > maxPool)) {
      throw invalid(
          "has a pool of min %d and max %d; needed is 0 ≤ min ≤ max, max ≥ 1"
              .formatted(minPool, maxPool));
    }
    if (!stateful && initialState != null) {
      throw invalid("is stateless and has an initial state");
    }
    if (history < 0) {
      throw invalid("has a negative history of " + history + " revisions");
    }
    if (idleTimeout != null && (idleTimeout.isNegative() || idleTimeout.isZero())) {
      throw invalid("has the idle timeout " + idleTimeout + "; it must be positive");
    }
    if (initAction != null && !actions.containsKey(initAction)) {
      throw invalid("names the init action '" + initAction + "', which it does not declare");
    }
    for (TimerDefinition timer : timers) {
      if (!actions.containsKey(timer.action())) {
        throw invalid("has a timer for '" + timer.action() + "', which it does not declare");
      }
    }
    Set<String> reminded = new HashSet<>();
    for (ReminderDefinition reminder : reminders) {
      if (!actions.containsKey(reminder.action())) {
        throw invalid("has a reminder for '" + reminder.action() + "', which it does not declare");
      }
      if (!reminded.add(reminder.action())) {
        throw invalid("has two reminders for '" + reminder.action() + "'");
      }
      if (kind == Kind.POOLED) {
        throw invalid("is POOLED and has a reminder; nobody in a pool could be reminded");
      }
    }
    for (ChannelDefinition channel : channels) {
      if (!channel.action().isEmpty() && !actions.containsKey(channel.action())) {
        throw invalid(
            "listens on channel '%s' with the action '%s', which it does not declare"
                .formatted(channel.topic(), channel.action()));
      }
    }
  }

  private SpawnException invalid(String why) {
    return new SpawnException(
        Failure.notExecuted(FailureCode.INVALID_DECLARATION, "The actor type " + type + " " + why));
  }

  public ActorType type() {
    return type;
  }

  public Kind kind() {
    return kind;
  }

  public boolean stateful() {
    return stateful;
  }

  /** The declared action of that name, or null. */
  public @Nullable ActionDefinition action(String name) {
    return actions.get(name);
  }

  public Map<String, ActionDefinition> actions() {
    return actions;
  }

  /** Runs on every activation before the first message; null if there is none. */
  public @Nullable String initAction() {
    return initAction;
  }

  public List<TimerDefinition> timers() {
    return timers;
  }

  public List<ChannelDefinition> channels() {
    return channels;
  }

  public List<ReminderDefinition> reminders() {
    return reminders;
  }

  /** What a new actor begins with; null if it begins without state. */
  public @Nullable Payload initialState() {
    return initialState;
  }

  public Map<String, String> initialTags() {
    return initialTags;
  }

  /** How long an activation may be unused before it is passivated; null for the node's default. */
  public @Nullable Duration idleTimeout() {
    return idleTimeout;
  }

  /** Null for the node's default. */
  public @Nullable Durability durability() {
    return durability;
  }

  /** How many revisions to keep besides the latest; 0 for none. */
  public int history() {
    return history;
  }

  /** Do reads show the latest state even while this node is being fenced? */
  public boolean linearizable() {
    return linearizable;
  }

  public int minPool() {
    return minPool;
  }

  public int maxPool() {
    return maxPool;
  }

  @Override
  public String toString() {
    return kind + " " + type;
  }

  /** The parts of a definition; not thread-safe. */
  public static final class Builder {

    private final ActorType type;
    private final Kind kind;
    private boolean stateful;
    private final Map<String, ActionDefinition> actions = new LinkedHashMap<>();
    private @Nullable String initAction;
    private List<TimerDefinition> timers = List.of();
    private List<ChannelDefinition> channels = List.of();
    private List<ReminderDefinition> reminders = List.of();
    private @Nullable Payload initialState;
    private Map<String, String> initialTags = Map.of();
    private @Nullable Duration idleTimeout;
    private @Nullable Durability durability;
    private int history;
    private boolean linearizable;
    private int minPool = 1;
    private int maxPool = Math.max(2, Runtime.getRuntime().availableProcessors());

    private Builder(ActorType type, Kind kind) {
      this.type = type;
      this.kind = kind;
    }

    public Builder stateful(boolean value) {
      stateful = value;
      return this;
    }

    /** Declares actions that are not reentrant. */
    public Builder actions(String... names) {
      for (String name : names) {
        action(ActionDefinition.of(name));
      }
      return this;
    }

    /**
     * @throws SpawnException if the name is declared already
     */
    public Builder action(ActionDefinition action) {
      if (actions.putIfAbsent(action.name(), action) != null) {
        throw new SpawnException(
            Failure.notExecuted(
                FailureCode.INVALID_DECLARATION,
                "The actor type %s declares the action '%s' twice".formatted(type, action.name())));
      }
      return this;
    }

    public Builder initAction(@Nullable String name) {
      initAction = name;
      return this;
    }

    public Builder timers(List<TimerDefinition> value) {
      timers = value;
      return this;
    }

    public Builder channels(List<ChannelDefinition> value) {
      channels = value;
      return this;
    }

    public Builder reminders(List<ReminderDefinition> value) {
      reminders = value;
      return this;
    }

    public Builder initialState(@Nullable Payload value) {
      initialState = value;
      return this;
    }

    public Builder initialTags(Map<String, String> value) {
      initialTags = value;
      return this;
    }

    public Builder idleTimeout(@Nullable Duration value) {
      idleTimeout = value;
      return this;
    }

    public Builder durability(@Nullable Durability value) {
      durability = value;
      return this;
    }

    /**
     * Whether an action that changes nothing is answered only after the store has said that this
     * node still is a member, which costs a round trip that all waiting reads share. Otherwise a
     * node that was just fenced may answer from memory until its lease ends.
     */
    public Builder linearizable(boolean value) {
      linearizable = value;
      return this;
    }

    public Builder history(int revisions) {
      history = revisions;
      return this;
    }

    /** For {@link Kind#POOLED}: how many activations the node keeps at least and at most. */
    public Builder pool(int min, int max) {
      minPool = min;
      maxPool = max;
      return this;
    }
  }
}
