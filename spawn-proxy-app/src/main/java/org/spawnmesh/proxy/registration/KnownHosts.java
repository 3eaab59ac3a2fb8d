package org.spawnmesh.proxy.registration;

import java.util.ArrayList;
import java.util.List;
import org.spawnmesh.actor.ActorDefinition;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.ActorType;
import org.spawnmesh.actor.Durability;
import org.spawnmesh.actor.Kind;
import org.spawnmesh.actor.Payload;
import org.spawnmesh.host.ActorHost;
import org.spawnmesh.host.HostCall;
import org.spawnmesh.host.HostReply;
import org.spawnmesh.protocol.RegistrationRequest;
import org.spawnmesh.proxy.host.HostAddress;
import org.spawnmesh.runtime.SpawnNode;

/**
 * The registrations of this proxy's hosts, kept in actors of the proxy's own: one for each host,
 * and one that lists them, the latest last. So they are durable, have one writer, and are found
 * wherever the mesh puts them.
 *
 * <p>Methods block; thread-safe.
 */
final class KnownHosts {

  private static final String KEEP = "keep";
  private static final String ADD = "add";
  private static final String REMOVE = "remove";
  private static final String REGISTRATION = "type.googleapis.com/spawn.RegistrationRequest";

  private final String system;
  private final String proxy;
  private final Ask ask;

  /**
   * @param proxy this proxy's name: a host's address may mean something else on another machine
   */
  KnownHosts(SpawnNode node, String system, String proxy) {
    this.system = system;
    this.proxy = proxy;
    this.ask = new Ask(node);
    node.register(
        ActorDefinition.of(
            new ActorType(system, Reserved.HOST_TYPE),
            Kind.UNNAMED,
            parts -> parts.stateful(true).durability(Durability.COMMIT).actions(KEEP)),
        call -> HostReply.of(Payload.NONE, call.payload()));
    node.register(
        ActorDefinition.of(
            new ActorType(system, Reserved.HOSTS_TYPE),
            Kind.NAMED,
            parts -> parts.stateful(true).durability(Durability.COMMIT).actions(ADD, REMOVE)),
        new Latest());
  }

  /** A host and what it registered last. */
  record Known(HostAddress address, Payload registration) {}

  /** Returns when it is durable. */
  void keep(HostAddress address, RegistrationRequest registration) {
    String key = key(address);
    ask.now(
        Identities.own(system, Reserved.HOST_TYPE, key),
        KEEP,
        Payload.of(REGISTRATION, registration.toByteArray()));
    ask.now(list(), ADD, Text.of(key));
  }

  /** The host is not restored any more. */
  void forget(HostAddress address) {
    ask.now(list(), REMOVE, Text.of(key(address)));
  }

  /** This proxy's hosts; whoever registered last comes first. */
  List<Known> latestFirst() {
    Payload listed = ask.now(list(), "get", Payload.NONE);
    if (listed.isNone()) {
      return List.of();
    }
    List<Known> known = new ArrayList<>();
    for (String key : Text.readList(listed).reversed()) {
      if (key.startsWith(proxy + "@")) {
        Payload kept =
            ask.now(Identities.own(system, Reserved.HOST_TYPE, key), "get", Payload.NONE);
        if (!kept.isNone()) {
          known.add(new Known(address(key), kept));
        }
      }
    }
    return known;
  }

  private ActorId list() {
    return Identities.own(system, Reserved.HOSTS_TYPE, Reserved.HOSTS_TYPE);
  }

  private String key(HostAddress address) {
    return proxy + "@" + address.host() + ":" + address.port();
  }

  private static HostAddress address(String key) {
    int at = key.lastIndexOf('@');
    int colon = key.lastIndexOf(':');
    return new HostAddress(
        key.substring(at + 1, colon), Integer.parseInt(key.substring(colon + 1)));
  }

  /** A list of different texts; what is added moves to the end if it is in there already. */
  private static final class Latest implements ActorHost {

    @Override
    public HostReply call(HostCall call) {
      Payload before = call.state();
      List<String> lines =
          before == null ? new ArrayList<>() : new ArrayList<>(Text.readList(before));
      String line = Text.read(call.payload());
      lines.remove(line);
      if (call.action().equals(ADD)) {
        lines.add(line);
      }
      return HostReply.of(Payload.NONE, Text.of(lines));
    }
  }
}
