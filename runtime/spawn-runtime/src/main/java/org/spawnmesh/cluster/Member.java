package org.spawnmesh.cluster;

import java.net.URI;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.spawnmesh.actor.ActorType;
import org.spawnmesh.actor.ChannelDefinition;
import org.spawnmesh.actor.Kind;
import org.spawnmesh.store.Incarnation;

/**
 * What the others know of one life of a node. Immutable.
 *
 * @param incarnation which life
 * @param name for people, the same in every life of the node
 * @param address where its {@link PeerTransport} listens, {@code host:port}
 * @param version of the software it runs, for people
 * @param hosted the actor types it hosts, and how it takes part in each; empty for a node that is
 *     about to leave
 * @param management where its management API listens, for example {@code http://0.0.0.0:9091};
 *     empty if it has none, or does not know where before it runs
 */
public record Member(
    Incarnation incarnation,
    String name,
    String address,
    String version,
    Map<ActorType, Offer> hosted,
    String management) {

  /** How the actors of a type are spread over the nodes that host it. */
  public enum Placing {
    /** Each actor has one owner, found by rendezvous hashing. */
    HASH,
    /** The actors have no state: they run where they are called, if the type is hosted there. */
    LOCAL,
    /** As {@link #HASH}, but only over the nodes that ask for it. */
    PINNED
  }

  /**
   * How a node takes part in hosting an actor type. Immutable.
   *
   * @param standby whether it is to be given none of the actors as long as another node takes them:
   *     the code that runs them is away
   * @param channels what the actor of a NAMED type, or a pool, listens to; instances of UNNAMED
   *     types listen while they are in memory, which no view knows
   */
  public record Offer(
      Kind kind, Placing placing, boolean standby, List<ChannelDefinition> channels) {

    public Offer {
      channels = kind == Kind.UNNAMED ? List.of() : List.copyOf(channels);
    }

    /** Of actors that listen to nothing. */
    public Offer(Kind kind, Placing placing, boolean standby) {
      this(kind, placing, standby, List.of());
    }

    /** As a node offers a type whose code is there. */
    public static Offer of(Kind kind) {
      return new Offer(kind, kind == Kind.POOLED ? Placing.LOCAL : Placing.HASH, false);
    }

    public Offer onStandby() {
      return new Offer(kind, placing, true, channels);
    }

    /** The same, listening to these. */
    public Offer listening(List<ChannelDefinition> to) {
      return new Offer(kind, placing, standby, to);
    }

    /** The same, owned only by nodes that offer it so; nothing changes if actors have no owner. */
    public Offer pinned() {
      return placing == Placing.LOCAL ? this : new Offer(kind, Placing.PINNED, standby, channels);
    }

    private String print() {
      StringBuilder text = new StringBuilder();
      text.append(kind).append('.').append(placing).append(standby ? ".STANDBY" : "");
      for (ChannelDefinition channel : channels) {
        text.append(':').append(escape(channel.topic()));
        text.append('>').append(escape(channel.action()));
      }
      return text.toString();
    }

    private static Offer parse(String text) {
      String[] offerAndChannels = text.split(":", -1);
      String[] parts = offerAndChannels[0].split("\\.", -1);
      if (parts.length < 2
          || parts.length > 3
          || (parts.length == 3 && !parts[2].equals("STANDBY"))) {
        throw new IllegalArgumentException("Not an offer: '" + text + "'");
      }
      List<ChannelDefinition> channels = new ArrayList<>();
      for (int i = 1; i < offerAndChannels.length; i++) {
        String[] topicAndAction = offerAndChannels[i].split(">", -1);
        if (topicAndAction.length != 2) {
          throw new IllegalArgumentException(
              "Not a channel: '%s' in '%s'".formatted(offerAndChannels[i], text));
        }
        channels.add(
            new ChannelDefinition(unescape(topicAndAction[0]), unescape(topicAndAction[1])));
      }
      return new Offer(
          Kind.valueOf(parts[0]), Placing.valueOf(parts[1]), parts.length == 3, channels);
    }
  }

  public Member {
    hosted = Map.copyOf(hosted);
  }

  /** Without a management API. */
  public Member(
      Incarnation incarnation,
      String name,
      String address,
      String version,
      Map<ActorType, Offer> hosted) {
    this(incarnation, name, address, version, hosted, "");
  }

  /**
   * Where others reach its management API: if that listens on all interfaces, at the host that its
   * peers know. Empty if it told of none.
   */
  public Optional<URI> managementAddress() {
    if (management.isEmpty()) {
      return Optional.empty();
    }
    String host = address.substring(0, address.lastIndexOf(':'));
    return Optional.of(
        URI.create(
            management
                .replace("//0.0.0.0:", "//" + host + ":")
                .replace("//[::]:", "//" + host + ":")));
  }

  /** The same life with other types. */
  public Member hosting(Map<ActorType, Offer> types) {
    return new Member(incarnation, name, address, version, types, management);
  }

  /**
   * One line, which {@link #parse} reads: {@code 12 node-a 10.0.0.7:9010 1.2
   * shop/Cart=UNNAMED.HASH,shop/Prices=POOLED.LOCAL:news>read}, and where its management API
   * listens, if it has one. Equal members give equal lines.
   */
  public String print() {
    SortedMap<String, Offer> sorted = new TreeMap<>();
    hosted.forEach(
        (type, offer) -> sorted.put(escape(type.system()) + "/" + escape(type.name()), offer));
    String types =
        sorted.entrySet().stream()
            .map(entry -> entry.getKey() + "=" + entry.getValue().print())
            .collect(Collectors.joining(","));
    return "%d %s %s %s %s"
            .formatted(incarnation.number(), escape(name), escape(address), escape(version), types)
        + (management.isEmpty() ? "" : " " + escape(management));
  }

  /**
   * @throws IllegalArgumentException if {@code line} is not what {@link #print} writes
   */
  public static Member parse(String line) {
    String[] parts = line.split(" ", -1);
    if (parts.length != 5 && parts.length != 6) {
      throw new IllegalArgumentException("Not a member: '" + line + "'");
    }
    Map<ActorType, Offer> hosted = new TreeMap<>(BY_NAME);
    for (String entry : parts[4].isEmpty() ? new String[0] : parts[4].split(",")) {
      String[] typeAndOffer = entry.split("[/=]", -1);
      if (typeAndOffer.length != 3) {
        throw new IllegalArgumentException("Not a hosted type: '" + entry + "' in '" + line + "'");
      }
      hosted.put(
          new ActorType(unescape(typeAndOffer[0]), unescape(typeAndOffer[1])),
          Offer.parse(typeAndOffer[2]));
    }
    return new Member(
        new Incarnation(Long.parseLong(parts[0])),
        unescape(parts[1]),
        unescape(parts[2]),
        unescape(parts[3]),
        hosted,
        parts.length == 5 ? "" : unescape(parts[5]));
  }

  private static final Comparator<ActorType> BY_NAME =
      Comparator.comparing(ActorType::system).thenComparing(ActorType::name);

  /** What would end a field is written as %XX. */
  private static String escape(String text) {
    StringBuilder escaped = new StringBuilder();
    for (char c : text.toCharArray()) {
      if (c <= ' ' || "/=,%:>".indexOf(c) >= 0) {
        escaped.append('%').append(HexFormat.of().toHexDigits((byte) c));
      } else {
        escaped.append(c);
      }
    }
    return escaped.toString();
  }

  private static String unescape(String text) {
    StringBuilder plain = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) == '%') {
        plain.append((char) HexFormat.fromHexDigits(text, i + 1, i + 3));
        i += 2;
      } else {
        plain.append(text.charAt(i));
      }
    }
    return plain.toString();
  }

  @Override
  public String toString() {
    return name + incarnation;
  }
}
