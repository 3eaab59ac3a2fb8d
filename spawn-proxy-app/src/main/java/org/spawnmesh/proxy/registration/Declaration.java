package org.spawnmesh.proxy.registration;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.ActionDefinition;
import org.spawnmesh.actor.ActorDefinition;
import org.spawnmesh.actor.ActorType;
import org.spawnmesh.actor.ChannelDefinition;
import org.spawnmesh.actor.Durability;
import org.spawnmesh.actor.Kind;
import org.spawnmesh.actor.Payload;
import org.spawnmesh.actor.TimerDefinition;
import org.spawnmesh.protocol.actors.Action;
import org.spawnmesh.protocol.actors.Actor;
import org.spawnmesh.protocol.actors.ActorSettings;
import org.spawnmesh.protocol.actors.FixedTimerAction;
import org.spawnmesh.proxy.wire.Printable;
import org.spawnmesh.proxy.wire.Wire;

/**
 * One actor as a host declares it. Pure.
 *
 * <p>Every definition has, besides the declared actions, the proxy's own ones of {@link Reserved}.
 */
record Declaration(String name, Actor actor, DeclarationRules rules) {

  private static final Set<String> INIT_ACTIONS = Set.of("init", "Init", "setup", "Setup");
  private static final String ANY_PREFIX = "type.googleapis.com/";

  /** More would only ever be a mistake, or an attack. */
  private static final int LARGEST_POOL = 10_000;

  ActorDefinition definition() {
    Kind kind = kind();
    // pooled activations share no state, and hosts declare pools stateful by default
    boolean stateful = settings().getStateful() && kind != Kind.POOLED;
    return ActorDefinition.of(
        new ActorType(rules.system(), name),
        kind,
        parts -> {
          parts
              .stateful(stateful)
              .initAction(initAction())
              .timers(timers())
              .channels(channels())
              .initialTags(actor.getState().getTagsMap())
              .idleTimeout(positive(settings().getDeactivationStrategy().getTimeout().getTimeout()))
              .durability(durability());
          actionNames().forEach(action -> parts.action(ActionDefinition.of(action)));
          parts.action(ActionDefinition.of(Reserved.STATE_ACTION));
          if (stateful) {
            parts
                .action(ActionDefinition.of(Reserved.RESTORE_ACTION))
                .initialState(initialState())
                .history(rules.history());
          }
          if (kind == Kind.POOLED) {
            pool(parts);
          }
        });
  }

  private ActorSettings settings() {
    return actor.getSettings();
  }

  private Kind kind() {
    return switch (settings().getKind()) {
      // a TASK is an actor whose turns take long; each has a virtual thread anyway
      case UNKNOW_KIND, NAMED, TASK -> Kind.NAMED;
      case UNNAMED -> Kind.UNNAMED;
      case POOLED -> Kind.POOLED;
      case PROXY, PROJECTION, UNRECOGNIZED ->
          throw Declarations.invalid(
              name,
              "has the kind %s (%d), which this proxy does not serve"
                  .formatted(settings().getKind(), settings().getKindValue()),
              null);
    };
  }

  /** In the order in which hosts declare them; the first that qualifies is the init action. */
  private @Nullable String initAction() {
    return actor.getActionsList().stream()
        .map(Action::getName)
        .filter(INIT_ACTIONS::contains)
        .findFirst()
        .orElse(null);
  }

  /** A channel's action need not be declared: some hosts name "receive" and then lack it. */
  private Set<String> actionNames() {
    Set<String> names = new LinkedHashSet<>();
    actor.getActionsList().forEach(action -> names.add(action.getName()));
    actor.getTimerActionsList().forEach(timer -> names.add(timer.getAction().getName()));
    channels().forEach(channel -> names.add(channel.action()));
    names.remove("");
    names.forEach(action -> Reserved.refuse("action", Printable.require("action", action)));
    return names;
  }

  private List<TimerDefinition> timers() {
    List<TimerDefinition> timers = new ArrayList<>();
    for (FixedTimerAction timer : actor.getTimerActionsList()) {
      if (timer.getAction().getName().isEmpty()) {
        throw Declarations.invalid(name, "has a timer without an action", null);
      }
      timers.add(
          new TimerDefinition(
              timer.getAction().getName(),
              // milliseconds, in spite of the field's name
              Duration.ofMillis(timer.getSeconds())));
    }
    return timers;
  }

  private List<ChannelDefinition> channels() {
    return actor.getMetadata().getChannelGroupList().stream()
        .flatMap(entry -> Channels.read(entry).stream())
        .toList();
  }

  /** Null leaves the node's default: commit, or its own interval. */
  private @Nullable Durability durability() {
    Duration interval = positive(settings().getSnapshotStrategy().getTimeout().getTimeout());
    return rules.snapshots() && interval != null ? new Durability.Snapshot(interval) : null;
  }

  private static @Nullable Duration positive(long millis) {
    return millis > 0 ? Duration.ofMillis(millis) : null;
  }

  private @Nullable Payload initialState() {
    if (actor.getState().hasState() && !actor.getState().getState().getTypeUrl().isEmpty()) {
      return Wire.of(actor.getState().getState());
    }
    String type = settings().getStateType();
    String bare = type.startsWith(".") ? type.substring(1) : type;
    return bare.isEmpty() ? null : Payload.of(ANY_PREFIX + bare, new byte[0]);
  }

  /** Hosts send 0/0 or 1/0 when their user said nothing. */
  private void pool(ActorDefinition.Builder parts) {
    int min = Math.max(0, settings().getMinPoolSize());
    int max = settings().getMaxPoolSize();
    if (Math.max(min, max) > LARGEST_POOL) {
      throw Declarations.invalid(
          name,
          "has a pool of %d to %d activations; at most %d are served"
              .formatted(min, max, LARGEST_POOL),
          null);
    }
    if (max >= Math.max(1, min)) {
      parts.pool(min, max);
    } else {
      parts.pool(min, min + Math.max(2, Runtime.getRuntime().availableProcessors()));
    }
  }
}
