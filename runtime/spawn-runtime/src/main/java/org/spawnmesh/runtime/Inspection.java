package org.spawnmesh.runtime;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.ActorType;
import org.spawnmesh.actor.Failure;

/**
 * What a node can tell of the actors in its memory, for people and their tools. Thread-safe; what
 * it tells may have changed when it is read.
 */
public final class Inspection {

  private final Activations activations;

  Inspection(Activations activations) {
    this.activations = activations;
  }

  /** The hosted types, by name. */
  public List<TypeSummary> types() {
    List<TypeSummary> all = new ArrayList<>();
    for (HostedType type : activations.types()) {
      all.add(summary(type));
    }
    all.sort(Comparator.comparing(summary -> summary.definition().type().toString()));
    return all;
  }

  /** One type, or empty if it is not hosted here. */
  public Optional<TypeSummary> type(ActorType name) {
    return Optional.ofNullable(activations.type(name)).map(Inspection::summary);
  }

  private static TypeSummary summary(HostedType type) {
    return new TypeSummary(type.definition(), type.count(), type.quarantine.size());
  }

  /** Calls that wait or run in a type's mailboxes here. Looks at all of its activations. */
  public long mailboxDepth(ActorType name) {
    HostedType type = activations.type(name);
    var depth = new LongAdder();
    if (type != null) {
      type.forEach(activation -> depth.add(activation.mailbox()));
    }
    return depth.sum();
  }

  /**
   * Activations of a type in the order of their names. Looks at all of them, keeps {@code limit}.
   *
   * @param after the last name of the page before, or null for the first page
   */
  public List<ActivationSummary> activations(ActorType name, @Nullable String after, int limit) {
    HostedType type = activations.type(name);
    if (type == null || limit <= 0) {
      return List.of();
    }
    Comparator<Activation> byName = Comparator.comparing(activation -> activation.id.name());
    PriorityQueue<Activation> page = new PriorityQueue<>(byName.reversed());
    type.forEach(
        activation -> {
          if (after == null || activation.id.name().compareTo(after) > 0) {
            page.add(activation);
            if (page.size() > limit) {
              page.poll();
            }
          }
        });
    long now = activations.now();
    return page.stream().sorted(byName).map(activation -> activation.summary(now)).toList();
  }

  /** One actor, or empty if it is not in memory. */
  public Optional<ActivationSummary> activation(ActorId actor) {
    HostedType type = activations.type(actor.type());
    Activation active = type == null ? null : type.active(actor.name());
    return Optional.ofNullable(active).map(found -> found.summary(activations.now()));
  }

  /** Why this actor is quarantined, or empty if it is not. */
  public Optional<Failure> quarantined(ActorId actor) {
    HostedType type = activations.type(actor.type());
    return type == null ? Optional.empty() : Optional.ofNullable(type.quarantine.get(actor.name()));
  }
}
