package org.spawnmesh.runtime;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.SequencedMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
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

  /** All of a type, a page at a time. */
  public List<ActivationSummary> activations(ActorType name, @Nullable String after, int limit) {
    return activations(name, after, limit, each -> true);
  }

  /**
   * Activations of a type in the order of their names. Looks at all of them, keeps {@code limit}.
   *
   * @param after the last name of the page before, or null for the first page
   * @param wanted which of them
   */
  public List<ActivationSummary> activations(
      ActorType name, @Nullable String after, int limit, Predicate<ActivationSummary> wanted) {
    HostedType type = activations.type(name);
    if (type == null || limit <= 0) {
      return List.of();
    }
    long now = activations.now();
    Comparator<ActivationSummary> byName = Comparator.comparing(each -> each.actor().name());
    PriorityQueue<ActivationSummary> page = new PriorityQueue<>(byName.reversed());
    type.forEach(
        activation -> {
          String next = activation.id.name();
          boolean inPage =
              (after == null || next.compareTo(after) > 0)
                  && (page.size() < limit || next.compareTo(last(page)) < 0);
          ActivationSummary summary = inPage ? activation.summary(now) : null;
          if (summary != null && wanted.test(summary)) {
            page.add(summary);
            if (page.size() > limit) {
              page.poll();
            }
          }
        });
    return page.stream().sorted(byName).toList();
  }

  private static String last(PriorityQueue<ActivationSummary> page) {
    return page.element().actor().name();
  }

  /**
   * Who takes no calls here, and why, in the order of their names. Looks at all of them.
   *
   * @param after the last name of the page before, or null for the first page
   * @param wanted which of them, by name and reason
   */
  public SequencedMap<String, Failure> closed(
      ActorType name, @Nullable String after, int limit, BiPredicate<String, Failure> wanted) {
    HostedType type = activations.type(name);
    SequencedMap<String, Failure> page = new LinkedHashMap<>();
    if (type != null) {
      type.quarantine.entrySet().stream()
          .filter(each -> after == null || each.getKey().compareTo(after) > 0)
          .filter(each -> wanted.test(each.getKey(), each.getValue()))
          .sorted(Map.Entry.comparingByKey())
          .limit(limit)
          .forEach(each -> page.put(each.getKey(), each.getValue()));
    }
    return page;
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
