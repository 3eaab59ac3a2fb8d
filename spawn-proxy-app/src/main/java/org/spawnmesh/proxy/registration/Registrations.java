package org.spawnmesh.proxy.registration;

import java.time.Duration;
import java.util.LinkedHashMap;
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
import org.spawnmesh.actor.ActorType;
import org.spawnmesh.actor.Answer;
import org.spawnmesh.actor.Failure;
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
import org.spawnmesh.runtime.NodeStatus;
import org.spawnmesh.runtime.Share;
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

  /** How long to wait until every node of the mesh knows what is served here. */
  private static final Duration PLACING = Duration.ofSeconds(10);

  /** Failures that say nothing about what is kept. */
  private static final Set<FailureCode> PASSING =
      Set.of(
          FailureCode.STORE_UNAVAILABLE,
          FailureCode.NODE_UNAVAILABLE,
          FailureCode.LOST_OWNERSHIP,
          FailureCode.DEADLINE_PASSED);

  private final SpawnNode node;
  private final Hosts hosts;
  private final ServedTypes served;
  private final KnownHosts known;
  private final HostedTypes types;
  private final DeclarationRules rules;
  private final Policies policies;
  private final Executor background;
  private final Ask ask;

  /** One registration at a time: what is durable and what is served change together. */
  private final ReentrantLock lock = new ReentrantLock();

  Registrations(
      SpawnNode node,
      Hosts hosts,
      ServedTypes served,
      KnownHosts known,
      HostedTypes types,
      DeclarationRules rules,
      Policies policies,
      Executor background) {
    this.node = node;
    this.hosts = hosts;
    this.served = served;
    this.known = known;
    this.types = types;
    this.rules = rules;
    this.policies = policies;
    this.background = background;
    this.ask = new Ask(node);
  }

  /**
   * Serves these actors from now on, and after a restart of the proxy; when this returns they can
   * be called from every node of the mesh. The registration is the whole of what the host serves:
   * what it served before and names no more is not served any more, and its actors sleep. A host
   * whose types have all gone to others is forgotten. Stateful NAMED actors are activated soon
   * after, so that their timers run.
   *
   * @throws SpawnException coded, if an actor is declared wrongly or the registration cannot be
   *     kept; then nothing has changed. Also if an actor changes its kind: then the registration is
   *     kept, and served after the next start
   */
  public void register(RegistrationRequest request, HostAddress from) {
    List<ActorDefinition> definitions = Declarations.of(request, rules);
    refuseIfLeaving();
    lock.lock();
    try {
      definitions.forEach(this::refuseWhatIsTaken);
      known.keep(from, request);
      definitions.forEach(this::refuseAnotherKind);
      Set<HostAddress> before = served.hosts();
      serve(definitions, from, hosts.isDown(from) ? Share.STANDBY : Share.FULL);
      withdrawWhatIsMissing(definitions, from);
      Set<HostAddress> after = served.hosts();
      before.stream().filter(host -> !after.contains(host)).forEach(this::forget);
    } finally {
      lock.unlock();
    }
    awaitPlaced();
    log.info(
        "{} at {} serves {}",
        Printable.of(request.getServiceInfo().getServiceName()),
        from,
        names(definitions));
  }

  /** Its actors are about to be others', who do not have this host. */
  private void refuseIfLeaving() {
    if (node.status() == NodeStatus.LEAVING) {
      throw new SpawnException(
          Failure.notExecuted(
                  FailureCode.NODE_UNAVAILABLE,
                  "The registration was refused: the node is " + NodeStatus.LEAVING)
              .retryAfter(node.settings().retryAfter()));
    }
  }

  /** A mesh that does not get that far soon has other troubles, and says so. */
  private void awaitPlaced() {
    if (!node.awaitPlaced(PLACING)) {
      log.warn(
          "Not all nodes of the mesh know what is served here; calls of theirs may be refused with {}",
          FailureCode.UNKNOWN_TYPE.id());
    }
  }

  private void withdrawWhatIsMissing(List<ActorDefinition> definitions, HostAddress from) {
    Set<ActorType> named =
        definitions.stream().map(ActorDefinition::type).collect(Collectors.toUnmodifiableSet());
    List<ActorType> gone = served.of(from).stream().filter(type -> !named.contains(type)).toList();
    List<ActorDefinition> missing =
        gone.stream().map(type -> types.get(type.name())).filter(Objects::nonNull).toList();
    if (missing.isEmpty()) {
      return;
    }
    served.end(gone);
    node.share(gone, Share.NONE);
    awaitPlaced(); // whoever else serves them has them by now
    for (ActorDefinition before : missing) {
      node.redefine(Map.of(Withdrawn.definition(before), new Withdrawn(before, from)), Share.NONE);
      types.remove(before.type().name());
    }
    log.warn(
        "The host at {} has registered again without {}; they are not served here any more and keep"
            + " their state",
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
    String name = next.type().name();
    Kind here = types.kind(name);
    if (here != null && here != next.kind()) {
      throw Declarations.invalid(
          name,
          "is served as %s and cannot become %s while this proxy runs; restart it to serve this registration"
              .formatted(here, next.kind()),
          null);
    }
    Kind elsewhere = types.kindInView(name);
    if (elsewhere != null && elsewhere != next.kind()) {
      throw Declarations.invalid(
          name,
          "is served as %s by other nodes of the mesh and cannot be %s here; restart this proxy when no other serves it so"
              .formatted(elsewhere, next.kind()),
          null);
    }
  }

  /**
   * Serves what hosts have registered before the proxy was restarted. Of each type the latest
   * registration counts; a host whose types have all gone to others is forgotten. A registration
   * that cannot be served is skipped. Of a host that is not there, others may have the actors until
   * it is.
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
    awaitPlaced();
  }

  private void restore(HostAddress host) {
    List<ActorDefinition> left =
        Declarations.of(known.registration(host), rules).stream()
            .filter(definition -> types.get(definition.type().name()) == null)
            .toList();
    if (left.isEmpty()) {
      known.forget(host);
    } else {
      left.forEach(this::refuseAnotherKind);
      serve(left, host, served.restored(left.stream().map(ActorDefinition::type).toList(), host));
      log.info("The host at {} is known to serve {}", host, names(left));
    }
  }

  private void serve(List<ActorDefinition> definitions, HostAddress address, Share share) {
    ActorHost process = hosts.at(address);
    Map<ActorDefinition, ActorHost> declared = new LinkedHashMap<>();
    definitions.forEach(
        definition -> declared.put(definition, new DeclaredHost(process, definition, policies)));
    node.redefine(declared, share);
    definitions.forEach(types::put);
    served.begin(definitions.stream().map(ActorDefinition::type).toList(), address);
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
