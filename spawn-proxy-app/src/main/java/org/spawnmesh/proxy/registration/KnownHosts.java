package org.spawnmesh.proxy.registration;

import com.google.protobuf.InvalidProtocolBufferException;
import java.util.ArrayList;
import java.util.List;
import org.spawnmesh.actor.ActorDefinition;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.ActorType;
import org.spawnmesh.actor.Durability;
import org.spawnmesh.actor.Failure;
import org.spawnmesh.actor.FailureCode;
import org.spawnmesh.actor.Kind;
import org.spawnmesh.actor.Payload;
import org.spawnmesh.actor.SpawnException;
import org.spawnmesh.host.ActorHost;
import org.spawnmesh.host.HostCall;
import org.spawnmesh.host.HostReply;
import org.spawnmesh.protocol.RegistrationRequest;
import org.spawnmesh.proxy.host.HostAddress;
import org.spawnmesh.runtime.SpawnNode;

/**
 * The registrations of this proxy's hosts, kept in actors of the proxy's own: one for each host,
 * and one for each proxy that lists its hosts, the latest last. So they are durable, have one
 * writer, and are found wherever the mesh puts them.
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
            Kind.UNNAMED,
            parts -> parts.stateful(true).durability(Durability.COMMIT).actions(ADD, REMOVE)),
        new Latest());
  }

  /** Returns when it is durable. */
  void keep(HostAddress address, RegistrationRequest registration) {
    ask.now(entry(address), KEEP, Payload.of(REGISTRATION, registration.toByteArray()));
    ask.now(list(), ADD, Text.of(key(address)));
  }

  /** The host is not restored any more. */
  void forget(HostAddress address) {
    ask.now(list(), REMOVE, Text.of(key(address)));
  }

  /** This proxy's hosts; whoever registered last comes first. */
  List<HostAddress> latestFirst() {
    Payload listed = ask.now(list(), "get", Payload.NONE);
    if (listed.isNone()) {
      return List.of();
    }
    return Text.readList(listed).reversed().stream().map(KnownHosts::address).toList();
  }

  /**
   * What the host registered last.
   *
   * @throws org.spawnmesh.actor.SpawnException coded, if it cannot be read
   */
  RegistrationRequest registration(HostAddress address) {
    Payload kept = ask.now(entry(address), "get", Payload.NONE);
    try {
      return RegistrationRequest.parseFrom(kept.bytes());
    } catch (InvalidProtocolBufferException e) {
      throw new SpawnException(
          Failure.notExecuted(
              FailureCode.STATE_UNREADABLE,
              "What is kept in %s is no registration: %s"
                  .formatted(entry(address), e.getMessage())),
          e);
    }
  }

  /** The actor that keeps the host's registration. */
  ActorId entry(HostAddress address) {
    return Identities.own(system, Reserved.HOST_TYPE, key(address));
  }

  private ActorId list() {
    return Identities.own(system, Reserved.HOSTS_TYPE, proxy);
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
