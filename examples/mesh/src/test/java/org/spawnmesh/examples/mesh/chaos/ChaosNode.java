package org.spawnmesh.examples.mesh.chaos;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.spawnmesh.examples.mesh.MeshApplication;
import org.spawnmesh.spring.Action;
import org.spawnmesh.spring.Actor;
import org.spawnmesh.spring.ActorContext;
import org.spawnmesh.spring.Actors;
import org.spawnmesh.spring.Reply;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** The example with three more actors, which remember enough to be checked. */
@SpringBootApplication(scanBasePackageClasses = MeshApplication.class)
public class ChaosNode {

  public static void main(String[] args) {
    SpringApplication.run(ChaosNode.class, args);
  }

  private static final Duration SLOW = Duration.ofMillis(500);

  /** So many actors hear of all tickets. */
  static final int COPIES = 60;

  record Ticket(long number) {}

  record Tickets(List<Long> numbers) {}

  record Count(int value) {}

  /**
   * Counts tickets, and keeps them, so that none can be there twice without being noticed. Tells
   * each to an actor that is anywhere in the mesh.
   */
  @Actor(linearizable = true)
  static class Tally {

    @Action
    Reply<Count> add(Ticket ticket, ActorContext<Tickets> tally) {
      List<Long> numbers = new ArrayList<>(tally.state().map(Tickets::numbers).orElse(List.of()));
      numbers.add(ticket.number());
      return Reply.of(new Count(numbers.size()))
          .state(new Tickets(numbers))
          .effect(
              "Copy",
              "c" + ticket.number() % COPIES,
              "hear",
              new Heard(tally.id().name(), ticket.number()));
    }

    /** So slow that a node which is stopped has one of these to finish when it goes on. */
    @Action
    Reply<Count> addSlowly(Ticket ticket, ActorContext<Tickets> tally) {
      long end = System.nanoTime() + SLOW.toNanos();
      while (System.nanoTime() - end < 0) {
        LockSupport.parkNanos(SLOW.toNanos() / 10);
      }
      return add(ticket, tally);
    }

    @Action
    Tickets tickets(ActorContext<Tickets> tally) {
      return tally.state().orElse(new Tickets(List.of()));
    }
  }

  /** A ticket, and the tally that has told it. */
  record Heard(String tally, long number) {}

  record Copies(List<Heard> all) {}

  /** Keeps what tallies tell it, in the order in which it comes. */
  @Actor
  static class Copy {

    @Action
    Reply<Void> hear(Heard heard, ActorContext<Copies> copy) {
      List<Heard> all = new ArrayList<>(copy.state().map(Copies::all).orElse(List.of()));
      all.add(heard);
      return Reply.<Void>empty().state(new Copies(all));
    }

    @Action
    Copies heard(ActorContext<Copies> copy) {
      return copy.state().orElse(new Copies(List.of()));
    }
  }

  record Value(long value) {}

  /** Holds a value. Its reads are never stale, though they change nothing. */
  @Actor(linearizable = true)
  static class Register {

    @Action
    Reply<Value> write(Value value) {
      return Reply.of(value).state(value);
    }

    @Action
    Value read(ActorContext<Value> register) {
      return register.state().orElse(new Value(0));
    }
  }

  interface TallyClient {

    Mono<Count> add(Ticket ticket);

    Mono<Count> addSlowly(Ticket ticket);

    Mono<Tickets> tickets();
  }

  interface CopyClient {

    Mono<Copies> heard();
  }

  interface RegisterClient {

    Mono<Value> write(Value value);

    Mono<Value> read();
  }

  @RestController
  static class Api {

    private final Actors actors;

    Api(Actors actors) {
      this.actors = actors;
    }

    @PostMapping("/tallies/{name}")
    Mono<Count> add(@PathVariable String name, @RequestBody Ticket ticket) {
      return actors.client(TallyClient.class, "Tally", name).add(ticket);
    }

    @PostMapping("/tallies/{name}/slowly")
    Mono<Count> addSlowly(@PathVariable String name, @RequestBody Ticket ticket) {
      return actors.client(TallyClient.class, "Tally", name).addSlowly(ticket);
    }

    @GetMapping("/tallies/{name}")
    Mono<Tickets> tickets(@PathVariable String name) {
      return actors.client(TallyClient.class, "Tally", name).tickets();
    }

    @GetMapping("/copies/{name}")
    Mono<Copies> heard(@PathVariable String name) {
      return actors.client(CopyClient.class, "Copy", name).heard();
    }

    @PostMapping("/registers/{name}")
    Mono<Value> write(@PathVariable String name, @RequestBody Value value) {
      return actors.client(RegisterClient.class, "Register", name).write(value);
    }

    @GetMapping("/registers/{name}")
    Mono<Value> read(@PathVariable String name) {
      return actors.client(RegisterClient.class, "Register", name).read();
    }
  }
}
