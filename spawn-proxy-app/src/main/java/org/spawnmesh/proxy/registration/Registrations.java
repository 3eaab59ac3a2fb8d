package org.spawnmesh.proxy.registration;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.spawnmesh.actor.ActorDefinition;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.Answer;
import org.spawnmesh.actor.FailureCode;
import org.spawnmesh.actor.Kind;
import org.spawnmesh.actor.Payload;
import org.spawnmesh.actor.SpawnException;
import org.spawnmesh.host.ActorHost;
import org.spawnmesh.protocol.RegistrationRequest;
import org.spawnmesh.proxy.acl.Policies;
import org.spawnmesh.proxy.host.HostAddress;
import org.spawnmesh.proxy.host.Hosts;
import org.spawnmesh.proxy.wire.Printable;
import org.spawnmesh.runtime.SpawnNode;

/**
 * Takes the registrations of hosts, and takes them again when the proxy starts. A later
 * registration of a type replaces its definition and its host, and leaves its actors as they are.
 *
 * <p>Methods block; thread-safe.
 */
public final class Registrations {

  private static final Logger log = LoggerFactory.getLogger(Registrations.class);

  /** An activation may call its host, which has just started. */
  private static final int ACTIVATIONS_AT_ONCE = 16;

  /** Failures that say nothing about what is kept. */
  private static final Set<FailureCode> PASSING =
      Set.of(
          FailureCode.STORE_UNAVAILABLE,
          FailureCode.NODE_UNAVAILABLE,
          FailureCode.LOST_OWNERSHIP,
          FailureCode.DEADLINE_PASSED);

  private final SpawnNode node;
  private final Hosts hosts;
  private final KnownHosts known;
  private final HostedTypes types;
  private final DeclarationRules rules;
  private final Policies policies;
  private final Executor background;
  private final Ask ask;

  /** One registration at a time: what is durable and what is served change together. */
  private final ReentrantLock lock = new ReentrantLock();

  /** The host of each registered type; with the lock held. */
  private final Map<String, HostAddress> servedBy = new HashMap<>();

  Registrations(
      SpawnNode node,
      Hosts hosts,
      KnownHosts known,
      HostedTypes types,
      DeclarationRules rules,
      Policies policies,
      Executor background) {
    this.node = node;
    this.hosts = hosts;
    this.known = known;
    this.types = types;
    this.rules = rules;
    this.policies = policies;
    this.background = background;
    this.ask = new Ask(node);
  }

  /**
   * Serves these actors from now on, and after a restart of the proxy. The registration is the
   * whole of what the host serves: what it served before and names no more is not served any more,
   * and its actors sleep. A host whose types have all gone to others is forgotten. Stateful NAMED
   * actors are activated soon after, so that their timers run.
   *
   * @throws SpawnException coded, if an actor is declared wrongly or the registration cannot be
   *     kept; then nothing has changed. Also if an actor changes its kind: then the registration is
   *     kept, and served after the next start
   */
  public void register(RegistrationRequest request, HostAddress from) {
    List<ActorDefinition> definitions = Declarations.of(request, rules);
    lock.lock();
    try {
      definitions.forEach(this::refuseWhatIsTaken);
      known.keep(from, request);
      definitions.forEach(this::refuseAnotherKind);
      Set<HostAddress> before = Set.copyOf(servedBy.values());
      serve(definitions, from);
      withdrawWhatIsMissing(definitions, from);
      before.stream().filter(host -> !servedBy.containsValue(host)).forEach(this::forget);
    } finally {
      lock.unlock();
    }
    log.info(
        "{} at {} serves {}",
        Printable.of(request.getServiceInfo().getServiceName()),
        from,
        names(definitions));
  }

  private void withdrawWhatIsMissing(List<ActorDefinition> definitions, HostAddress from) {
    Set<String> named =
        definitions.stream()
            .map(definition -> definition.type().name())
            .collect(Collectors.toUnmodifiableSet());
    List<ActorDefinition> missing =
        servedBy.entrySet().stream()
            .filter(served -> served.getValue().equals(from) && !named.contains(served.getKey()))
            .map(served -> types.get(served.getKey()))
            .filter(Objects::nonNull)
            .toList();
    if (missing.isEmpty()) {
      return;
    }
    for (ActorDefinition before : missing) {
      node.redefine(Withdrawn.definition(before), new Withdrawn(before, from));
      types.remove(before.type().name());
      servedBy.remove(before.type().name());
    }
    log.warn(
        "The host at {} has registered again without {}; they are served no more and keep their"
            + " state",
        from,
        names(missing));
  }

  /** What is left of it in the store is forgotten at the next start at the latest. */
  private void forget(HostAddress address) {
    hosts.forget(address);
    try {
      known.forget(address);
    } catch (SpawnException e) {
      log.warn("The host at {} serves nothing, and is still listed: {}", address, e.failure());
    }
  }

  private void refuseWhatIsTaken(ActorDefinition next) {
    ActorDefinition before = types.get(next.type().name());
    if (before != null && before.action(Reserved.STATE_ACTION) == null) {
      throw Declarations.invalid(
          next.type().name(), "is an actor of the proxy's own application", null);
    }
  }

  private void refuseAnotherKind(ActorDefinition next) {
    Kind before = types.kind(next.type().name());
    if (before != null && before != next.kind()) {
      throw Declarations.invalid(
          next.type().name(),
          "is served as %s and cannot become %s while this proxy runs; restart it to serve this registration"
              .formatted(before, next.kind()),
          null);
    }
  }

  /**
   * Serves what hosts have registered before the proxy was restarted. Of each type the latest
   * registration counts; a host whose types have all gone to others is forgotten. A registration
   * that cannot be served is skipped.
   */
  void restore() {
    types.addAll(node);
    for (HostAddress host : known.latestFirst()) {
      try {
        restore(host);
      } catch (SpawnException e) {
        if (PASSING.contains(e.code())) {
          throw e; // started again, this proxy may know all of its hosts
        }
        log.error(
            "The host at {} is not served: {} It must register again. If that is refused, too, stop"
                + " the proxy and delete what the statestore keeps of {}",
            host,
            e.failure(),
            known.entry(host));
      }
    }
  }

  private void restore(HostAddress host) {
    List<ActorDefinition> left =
        Declarations.of(known.registration(host), rules).stream()
            .filter(definition -> types.get(definition.type().name()) == null)
            .toList();
    if (left.isEmpty()) {
      known.forget(host);
    } else {
      serve(left, host);
      log.info("The host at {} is known to serve {}", host, names(left));
    }
  }

  private void serve(List<ActorDefinition> definitions, HostAddress address) {
    ActorHost process = hosts.at(address);
    for (ActorDefinition definition : definitions) {
      node.redefine(definition, new DeclaredHost(process, definition, policies));
      types.put(definition);
      servedBy.put(definition.type().name(), address);
    }
    List<ActorId> eager =
        definitions.stream()
            .filter(definition -> definition.kind() == Kind.NAMED && definition.stateful())
            .map(definition -> new ActorId(definition.type(), definition.type().name()))
            .toList();
    if (!eager.isEmpty()) {
      background.execute(() -> activate(eager));
    }
  }

  /** A failure is for the log: the actor's first caller tries again and hears of it. */
  private void activate(List<ActorId> actors) {
    Semaphore permits = new Semaphore(ACTIVATIONS_AT_ONCE);
    for (ActorId actor : actors) {
      permits.acquireUninterruptibly();
      ask.later(actor, Reserved.STATE_ACTION, Payload.NONE)
          .whenComplete(
              (answer, impossible) -> {
                permits.release();
                if (answer instanceof Answer.Failed failed) {
                  log.warn("{} is registered, but not active yet: {}", actor, failed.failure());
                }
              });
    }
  }

  private static String names(List<ActorDefinition> definitions) {
    int shown = 10;
    String some =
        String.join(
            ", ",
            definitions.stream().limit(shown).map(definition -> definition.type().name()).toList());
    int rest = definitions.size() - shown;
    return rest > 0 ? some + " and " + rest + " more" : some;
  }
}
