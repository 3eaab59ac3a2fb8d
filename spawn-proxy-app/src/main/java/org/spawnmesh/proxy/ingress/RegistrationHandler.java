package org.spawnmesh.proxy.ingress;

import com.google.protobuf.Message;
import java.util.concurrent.Executor;
import org.spawnmesh.protocol.ProxyInfo;
import org.spawnmesh.protocol.RegistrationRequest;
import org.spawnmesh.protocol.RegistrationResponse;
import org.spawnmesh.protocol.RequestStatus;
import org.spawnmesh.proxy.registration.Registrations;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/** A host says which actors it serves. */
final class RegistrationHandler {

  private static final ProxyInfo PROXY =
      ProxyInfo.newBuilder()
          .setProtocolMajorVersion(1)
          .setProtocolMinorVersion(2)
          .setProxyName("spawn")
          .setProxyVersion(version())
          .build();

  private final Bodies bodies;
  private final Registrations registrations;
  private final HostAddresses addresses;
  private final Executor blocking;

  RegistrationHandler(
      Bodies bodies, Registrations registrations, HostAddresses addresses, Executor blocking) {
    this.bodies = bodies;
    this.registrations = registrations;
    this.addresses = addresses;
    this.blocking = blocking;
  }

  Mono<ServerResponse> handle(ServerRequest request) {
    return bodies
        .read(request, RegistrationRequest.parser(), "a RegistrationRequest")
        .flatMap(
            body ->
                Stages.blocking(
                    blocking,
                    () -> {
                      registrations.register(body, addresses.of(request.remoteAddress()));
                      return answer(Answers.ACCEPTED);
                    }))
        .flatMap(Answers::ok)
        .onErrorResume(e -> Answers.failed(Outcome.of(e), RegistrationHandler::answer));
  }

  static Message answer(RequestStatus status) {
    return RegistrationResponse.newBuilder().setStatus(status).setProxyInfo(PROXY).build();
  }

  private static String version() {
    String version = RegistrationHandler.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }
}
