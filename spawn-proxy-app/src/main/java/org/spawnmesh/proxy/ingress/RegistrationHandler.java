package org.spawnmesh.proxy.ingress;

import com.google.protobuf.Message;
import java.util.concurrent.Executor;
import org.spawnmesh.protocol.ProxyInfo;
import org.spawnmesh.protocol.RegistrationRequest;
import org.spawnmesh.protocol.RegistrationResponse;
import org.spawnmesh.protocol.RequestStatus;
import org.spawnmesh.proxy.registration.Registrations;
import reactor.core.publisher.Mono;

/** A host says which actors it serves. */
final class RegistrationHandler implements ProtocolHandler {

  private static final ProxyInfo PROXY =
      ProxyInfo.newBuilder()
          .setProtocolMajorVersion(1)
          .setProtocolMinorVersion(2)
          .setProxyName("spawn")
          .setProxyVersion(version())
          .build();

  private final Registrations registrations;
  private final HostAddresses addresses;
  private final Executor blocking;

  RegistrationHandler(Registrations registrations, HostAddresses addresses, Executor blocking) {
    this.registrations = registrations;
    this.addresses = addresses;
    this.blocking = blocking;
  }

  @Override
  public Mono<Reply> handle(ProtocolRequest request) {
    RegistrationRequest body =
        request.message(RegistrationRequest.parser(), "a RegistrationRequest");
    return Stages.blocking(
        blocking,
        () -> {
          registrations.register(body, addresses.of(request.peer()));
          return Reply.ok(answer(Reply.ACCEPTED));
        });
  }

  @Override
  public Message failed(RequestStatus status) {
    return answer(status);
  }

  private static Message answer(RequestStatus status) {
    return RegistrationResponse.newBuilder().setStatus(status).setProxyInfo(PROXY).build();
  }

  private static String version() {
    String version = RegistrationHandler.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }
}
