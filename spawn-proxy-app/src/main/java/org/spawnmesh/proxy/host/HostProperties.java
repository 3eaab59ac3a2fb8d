package org.spawnmesh.proxy.host;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.util.unit.DataSize;

/**
 * How hosts in other processes are called.
 *
 * @param timeout How long a host may take for one action, also when its caller would wait longer or
 *     nobody waits.
 * @param connectTimeout How long to wait for a connection to a host.
 * @param connections Connections to one host, which is as many as actions run there at once. Calls
 *     from inside an action to other actors of the same host need more of them.
 * @param calls Calls to one host that may be under way at once, those that wait for a connection or
 *     for a host that restarts included. More are refused.
 * @param replySize Size of one reply.
 * @param replyBytesInFlight Memory that the replies of all hosts together may take until they are
 *     read. When half of it is taken, no more actions are begun. An eighth of the heap by default.
 * @param idleTimeout How long a connection may be unused and still be used again. Keep it below the
 *     keep-alive timeout of the hosts; the shortest usual one is 5s.
 * @param patience How long calls wait for a host that cannot be reached, at most until their
 *     deadline. After that it counts as down, and calls are refused until it is back.
 * @param takeover How long calls wait if another node of the mesh has a host for the same actors.
 *     After that the other node gets the actors, until the host is back.
 * @param probeInterval How often to look whether a host that cannot be reached is back.
 * @param circuit When a host that takes calls and does not answer them is left alone.
 * @param sslBundle Name of the SSL bundle with which hosts are called over TLS: what it trusts they
 *     must prove to be, what it holds as a key the proxy shows them. Without it, plain HTTP.
 * @param token Sent to hosts with every call, as {@code Authorization: Bearer}.
 */
@ConfigurationProperties("spawn.proxy.host")
public record HostProperties(
    @DefaultValue("30s") Duration timeout,
    @DefaultValue("2s") Duration connectTimeout,
    @DefaultValue("512") int connections,
    @DefaultValue("10000") int calls,
    @DefaultValue("8MB") DataSize replySize,
    @Nullable DataSize replyBytesInFlight,
    @DefaultValue("2s") Duration idleTimeout,
    @DefaultValue("30s") Duration patience,
    @DefaultValue("3s") Duration takeover,
    @DefaultValue("1s") Duration probeInterval,
    @DefaultValue Circuit circuit,
    @Nullable String sslBundle,
    @Nullable String token) {

  private static final String PREFIX = "spawn.proxy.host.";

  public HostProperties {
    positive("timeout", timeout);
    positive("connect-timeout", connectTimeout);
    positive("connections", connections);
    positive("idle-timeout", idleTimeout);
    positive("probe-interval", probeInterval);
    if (patience.isNegative()) {
      throw invalid("patience", patience, "It must not be negative; 0 refuses at once.");
    }
    if (takeover.isNegative()) {
      throw invalid("takeover", takeover, "It must not be negative; 0 gives them away at once.");
    }
    if (calls < connections) {
      throw invalid(
          "calls",
          calls,
          "It must be at least spawn.proxy.host.connections, which is " + connections + ".");
    }
    if (replySize.toBytes() <= 0 || replySize.toBytes() > Integer.MAX_VALUE / 2) {
      throw invalid("reply-size", replySize, "It must be above 0 and at most 1023MB.");
    }
    if (replyBytesInFlight != null && replyBytesInFlight.compareTo(replySize) < 0) {
      throw invalid(
          "reply-bytes-in-flight",
          replyBytesInFlight,
          "It must be at least spawn.proxy.host.reply-size, which is " + replySize + ".");
    }
    if (token != null && token.isEmpty()) {
      throw invalid("token", "", "It is set and empty. Set a token, or leave it out.");
    }
    if (token != null && !token.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
      throw invalid("token", "…", "It must be visible ASCII characters without spaces.");
    }
  }

  /**
   * When a host that takes calls and does not answer them is left alone.
   *
   * @param slowAfter A call that waited so long in vain speaks against the host; what its caller
   *     gave up earlier says nothing.
   * @param failureRate Percentage of unanswered calls among the last ones from which on the host is
   *     left alone.
   * @param window How many of the last calls are looked at.
   * @param minimumCalls How many there must be before that.
   * @param pause How long the host is left alone before some calls try it.
   * @param trialCalls How many calls try it.
   */
  public record Circuit(
      @DefaultValue("5s") Duration slowAfter,
      @DefaultValue("50") int failureRate,
      @DefaultValue("100") int window,
      @DefaultValue("20") int minimumCalls,
      @DefaultValue("5s") Duration pause,
      @DefaultValue("5") int trialCalls) {

    public Circuit {
      positive("circuit.slow-after", slowAfter);
      positive("circuit.window", window);
      positive("circuit.minimum-calls", minimumCalls);
      positive("circuit.pause", pause);
      positive("circuit.trial-calls", trialCalls);
      if (failureRate < 1 || failureRate > 100) {
        throw invalid("circuit.failure-rate", failureRate, "It is a percentage, 1 to 100.");
      }
      if (minimumCalls > window) {
        throw invalid(
            "circuit.minimum-calls",
            minimumCalls,
            "It must be at most spawn.proxy.host.circuit.window, which is " + window + ".");
      }
    }
  }

  private static void positive(String property, Duration value) {
    if (value.toMillis() <= 0 || value.toDays() > 365) {
      throw invalid(property, value, "It must be at least 1ms and at most a year.");
    }
  }

  private static void positive(String property, int value) {
    if (value <= 0) {
      throw invalid(property, value, "It must be above 0.");
    }
  }

  private static InvalidConfigurationPropertyValueException invalid(
      String property, Object value, String reason) {
    return new InvalidConfigurationPropertyValueException(PREFIX + property, value, reason);
  }
}
