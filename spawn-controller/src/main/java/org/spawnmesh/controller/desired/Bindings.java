package org.spawnmesh.controller.desired;

import com.fasterxml.jackson.annotation.JsonAlias;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a user wrote as the bindings of an activator of type cron. What is missing is null.
 *
 * @param sources when something is done
 * @param sinks what is done, each at the ticks of the sources it names
 */
record Bindings(@Nullable List<Source> sources, @Nullable List<Sink> sinks) {

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

  /**
   * A schedule.
   *
   * @param expr as cron writes it
   * @param timeZone such as Europe/Berlin; null for that of the cluster
   */
  record Source(@Nullable String name, @Nullable String expr, @Nullable String timeZone) {}

  /**
   * An action of an actor.
   *
   * @param actor its name
   * @param parent its type, if the type has many actors; else null
   * @param system null for the one that the activator's annotation names
   * @param host the ActorHost whose proxy takes the call; null for any of the system
   * @param binding the sources
   */
  record Sink(
      @Nullable String name,
      @Nullable String actor,
      @Nullable String parent,
      @JsonAlias("command") @Nullable String action,
      @Nullable String system,
      @Nullable String host,
      @Nullable List<Name> binding) {

    boolean isBoundTo(Source source) {
      return binding != null
          && binding.stream().anyMatch(it -> String.valueOf(it.name()).equals(source.name()));
    }
  }

  /** A reference. */
  record Name(@Nullable String name) {}

  /**
   * @throws IllegalArgumentException if it is written otherwise; the message says what
   */
  static Bindings read(@Nullable Object written) {
    if (written == null) {
      throw new IllegalArgumentException("there are no bindings; give bindings.sources and .sinks");
    }
    try {
      return JSON.convertValue(written, Bindings.class);
    } catch (IllegalArgumentException e) {
      String why =
          e.getCause() instanceof UnrecognizedPropertyException unknown
              ? "there is no field " + unknown.getPropertyName()
              : "they cannot be read as {sources: [{name, expr}], sinks: [{name, actor, action,"
                  + " binding: [{name}]}]}";
      throw new IllegalArgumentException("bindings of type cron: " + why, e);
    }
  }

  List<Source> allSources() {
    return sources == null ? List.of() : sources;
  }

  /** Those that a source starts. */
  List<Sink> sinksOf(Source source) {
    return sinks == null ? List.of() : sinks.stream().filter(it -> it.isBoundTo(source)).toList();
  }

  /** What is missing, twice there, or refers to nothing; each with its place. */
  List<String> problems() {
    List<String> problems = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (Source source : allSources()) {
      required("bindings.sources.name", source.name(), problems);
      required("bindings.sources.expr of " + source.name(), source.expr(), problems);
      if (!names.add(String.valueOf(source.name()))) {
        problems.add("two sources are named " + source.name());
      }
      if (sinksOf(source).isEmpty()) {
        problems.add("no sink is bound to source " + source.name());
      }
    }
    if (names.isEmpty()) {
      problems.add("there are no bindings.sources");
    }
    Set<String> sinkNames = new HashSet<>();
    for (Sink sink : sinks == null ? List.<Sink>of() : sinks) {
      required("bindings.sinks.name", sink.name(), problems);
      required("bindings.sinks.actor of " + sink.name(), sink.actor(), problems);
      required("bindings.sinks.action of " + sink.name(), sink.action(), problems);
      if (!sinkNames.add(String.valueOf(sink.name()))) {
        problems.add("two sinks are named " + sink.name());
      }
      for (Name bound : sink.binding() == null ? List.<Name>of() : sink.binding()) {
        if (!names.contains(String.valueOf(bound.name()))) {
          problems.add(
              "sink %s is bound to source %s, which is not there"
                  .formatted(sink.name(), bound.name()));
        }
      }
    }
    return problems;
  }

  private static void required(String what, @Nullable String value, List<String> problems) {
    if (value == null || value.isBlank()) {
      problems.add(what + " is missing");
    }
  }
}
