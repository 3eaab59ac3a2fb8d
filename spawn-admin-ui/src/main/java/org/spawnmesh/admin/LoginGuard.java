package org.spawnmesh.admin;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.security.core.Authentication;
import org.springframework.security.web.server.WebFilterExchange;
import org.springframework.security.web.server.util.matcher.ServerWebExchangeMatcher;
import org.springframework.security.web.server.util.matcher.ServerWebExchangeMatchers;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Keeps from the login who has tried too often, and writes down that it does. */
final class LoginGuard implements WebFilter {

  /** A network that is one customer's. */
  private static final int PREFIX_BYTES = 8;

  private final ServerWebExchangeMatcher login =
      ServerWebExchangeMatchers.pathMatchers(HttpMethod.POST, "/login");
  private final LoginBrake brake;
  private final Audit audit;
  private final Set<String> known;

  /**
   * @param known names that may be written down: what else is typed as a name may be a password
   */
  LoginGuard(LoginBrake brake, Audit audit, Set<String> known) {
    this.brake = brake;
    this.audit = audit;
    this.known = Set.copyOf(known);
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    return login
        .matches(exchange)
        .flatMap(
            match ->
                match.isMatch()
                    ? exchange
                        .getFormData()
                        .flatMap(
                            form ->
                                attempt(
                                    Objects.requireNonNullElse(form.getFirst("username"), ""),
                                    exchange,
                                    chain))
                    : chain.filter(exchange));
  }

  private Mono<Void> attempt(String user, ServerWebExchange exchange, WebFilterChain chain) {
    String address = address(exchange);
    return switch (brake.begin(user, address)) {
      case GO -> chain.filter(exchange);
      case WAIT -> refused(exchange);
      case WAIT_FROM_NOW ->
          Mono.fromRunnable(() -> write(user, address))
              .subscribeOn(Schedulers.boundedElastic())
              .then(refused(exchange));
    };
  }

  private void write(String user, String address) {
    long number = audit.asked(known.contains(user) ? user : "somebody", "", "log in", address, "");
    audit.ended(number, "refused: too many attempts failed");
  }

  private static Mono<Void> refused(ServerWebExchange exchange) {
    exchange.getResponse().setStatusCode(HttpStatus.FOUND);
    exchange
        .getResponse()
        .getHeaders()
        .setLocation(
            URI.create(exchange.getRequest().getPath().contextPath().value() + "/login?wait"));
    return exchange.getResponse().setComplete();
  }

  /** Somebody has logged in by a password. */
  Mono<Void> succeeded(WebFilterExchange exchange, Authentication user) {
    return Mono.fromRunnable(
        () -> brake.succeeded(user.getName(), address(exchange.getExchange())));
  }

  private static String address(ServerWebExchange exchange) {
    InetSocketAddress remote = exchange.getRequest().getRemoteAddress();
    return remote == null ? "" : of(remote.getAddress());
  }

  /** Who has an IPv6 network has more addresses in it than can be counted one by one. */
  static String of(@Nullable InetAddress address) {
    if (address == null) {
      return "";
    }
    if (!(address instanceof Inet6Address)) {
      return address.getHostAddress();
    }
    byte[] bytes = address.getAddress();
    Arrays.fill(bytes, PREFIX_BYTES, bytes.length, (byte) 0);
    try {
      return InetAddress.getByAddress(bytes).getHostAddress() + "/" + PREFIX_BYTES * 8;
    } catch (UnknownHostException e) {
      throw new IllegalStateException("16 bytes are an address", e);
    }
  }
}
