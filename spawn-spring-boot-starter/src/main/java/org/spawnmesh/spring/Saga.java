package org.spawnmesh.spring;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A sequence of calls to actors that takes effect as a whole: if one of them fails, those before it
 * are made good by their compensations, in the opposite order. Immutable; declared as a bean.
 *
 * <pre>{@code
 * @Bean
 * Saga<Order> checkout() {
 *   return Saga.of("Checkout", Order.class)
 *       .step("reserve", order -> Call.to("Stock", order.item(), "reserve", order.quantity()))
 *       .undo(order -> Call.to("Stock", order.item(), "release", order.quantity()))
 *       .step("pay", order -> Call.to("Account", order.customer(), "pay", order.price()))
 *       .build();
 * }
 * }</pre>
 *
 * <p>Each run is an actor of the saga's type, by its name, and how far it is, is that actor's
 * state: a run goes on after a crash, at any node. Each step is a keyed call, applied once however
 * often it is tried. A step that cannot be reached is tried until it can; one that fails for good
 * turns the run back. Compensations are tried until they succeed.
 *
 * @param <I> what a run is about; a record, a bean or a protobuf message
 */
public final class Saga<I> {

  static final String START = "start";
  static final String ADVANCE = "advance";
  static final String STATUS = "status";

  private final String type;
  private final Class<I> input;
  private final List<Step<I>> steps;

  private Saga(String type, Class<I> input, List<Step<I>> steps) {
    this.type = type;
    this.input = input;
    this.steps = List.copyOf(steps);
  }

  /**
   * Begins a declaration.
   *
   * @param type the actor type of its runs
   */
  public static <I> Builder<I> of(String type, Class<I> input) {
    return new Builder<>(type, input);
  }

  /**
   * Starts a run, unless it was started before; then {@code about} does not count.
   *
   * @param name of the run, for example an order's number
   * @return how it stands when it is surely under way
   */
  public SagaStatus start(Actors actors, String name, I about) {
    return Objects.requireNonNull(actors.ref(type, name).ask(START, about, SagaStatus.class));
  }

  /** How a run stands; null if it was never started. */
  public @Nullable SagaStatus status(Actors actors, String name) {
    return actors.ref(type, name).ask(STATUS, SagaStatus.class);
  }

  String type() {
    return type;
  }

  Class<I> input() {
    return input;
  }

  List<Step<I>> steps() {
    return steps;
  }

  /** A call of a step or of a compensation. */
  public record Call(String type, String name, String action, @Nullable Object payload) {

    public static Call to(String type, String name, String action, @Nullable Object payload) {
      return new Call(type, name, action, payload);
    }
  }

  /**
   * One call, and what makes it good.
   *
   * @param undo null if it needs nothing
   */
  record Step<I>(String name, Function<I, Call> call, @Nullable Function<I, Call> undo) {}

  /** A declaration under way; not thread-safe. */
  public static final class Builder<I> {

    private final String type;
    private final Class<I> input;
    private final List<Step<I>> steps = new ArrayList<>();
    private final Set<String> names = new HashSet<>();

    private Builder(String type, Class<I> input) {
      this.type = type;
      this.input = input;
    }

    /**
     * The next call. The function must give the same call for the same input.
     *
     * @param name unique in the saga; a run that is under way finds its place by the number of its
     *     steps, so add new ones at the end
     */
    public Builder<I> step(String name, Function<I, Call> call) {
      if (!names.add(name)) {
        throw new IllegalArgumentException(
            "The saga %s has two steps called '%s'".formatted(type, name));
      }
      steps.add(new Step<>(name, call, null));
      return this;
    }

    /** What makes the last step good, if a later one fails. */
    public Builder<I> undo(Function<I, Call> call) {
      Step<I> last = steps.removeLast();
      steps.add(new Step<>(last.name, last.call, call));
      return this;
    }

    /**
     * @throws IllegalStateException if it has no step
     */
    public Saga<I> build() {
      if (steps.isEmpty()) {
        throw new IllegalStateException("The saga %s has no steps".formatted(type));
      }
      return new Saga<>(type, input, steps);
    }
  }
}
