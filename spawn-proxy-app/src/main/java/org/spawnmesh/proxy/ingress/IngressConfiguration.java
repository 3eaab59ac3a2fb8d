package org.spawnmesh.proxy.ingress;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.BaseUnits;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.ExecutorService;
import org.spawnmesh.proxy.acl.Policies;
import org.spawnmesh.proxy.config.ProxyProperties;
import org.spawnmesh.proxy.host.Hosts;
import org.spawnmesh.proxy.memory.InFlight;
import org.spawnmesh.proxy.registration.ActorLookup;
import org.spawnmesh.proxy.registration.Registrations;
import org.spawnmesh.proxy.registration.Revisions;
import org.spawnmesh.runtime.SpawnNode;
import org.spawnmesh.spring.autoconfigure.SpawnProperties;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.http.client.ReactorResourceFactory;
import org.springframework.util.unit.DataSize;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.reactive.function.server.support.RouterFunctionMapping;
import tools.jackson.databind.json.JsonMapper;

/** The proxy's HTTP side. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(ProxyProperties.class)
class IngressConfiguration {

  @Bean
  DrainFirst drainFirst(SpawnNode node, SpawnProperties properties) {
    return new DrainFirst(node, properties.getDrainTimeout());
  }

  @Bean
  Targets targets(ActorLookup lookup, ExecutorService blockingWork) {
    return new Targets(lookup, blockingWork);
  }

  @Bean
  InFlight inFlight(ProxyProperties properties, MeterRegistry meters) {
    DataSize limit = properties.getBytesInFlight();
    InFlight inFlight =
        new InFlight(
            "requests",
            "spawn.proxy.bytes-in-flight",
            limit == null ? Runtime.getRuntime().maxMemory() / 4 : limit.toBytes());
    Gauge.builder("spawn.proxy.bytes.in.flight", inFlight, InFlight::bytes)
        .description("Memory that requests take until they are answered")
        .baseUnit(BaseUnits.BYTES)
        .register(meters);
    return inFlight;
  }

  @Bean
  ProtocolRoutes protocolRoutes(
      SpawnNode node,
      ActorLookup lookup,
      Registrations registrations,
      Revisions revisions,
      Policies policies,
      Targets targets,
      Hosts hosts,
      ExecutorService blockingWork,
      ObjectProvider<InstantSource> clock,
      InFlight inFlight,
      ProxyProperties properties) {
    HostAddresses addresses =
        new HostAddresses(
            properties.getMode(), properties.getHostAddress(), properties.getHostPort());
    Insiders insiders = new Insiders(node, hosts);
    return new ProtocolRoutes(
        inFlight,
        new Bodies(
            (int) Math.min(Integer.MAX_VALUE, properties.getBodyLimit().toBytes()),
            properties.getBodyTimeout()),
        new ApiToken(properties.getApiToken()),
        new RegistrationHandler(registrations, addresses, blockingWork),
        new SpawnHandler(lookup, insiders, revisions, blockingWork),
        new InvocationHandler(
            targets, policies, node, insiders, clock.getIfUnique(InstantSource::system)));
  }

  @Bean
  RouterFunction<ServerResponse> ingress(
      SpawnNode node,
      Policies policies,
      Targets targets,
      ExecutorService blockingWork,
      ApplicationAvailability availability,
      ObjectProvider<PrometheusMeterRegistry> meters,
      JsonMapper json) {
    return new IngressRoutes(
            new StateHandler(targets, policies, node, json),
            new HealthHandler(node, availability),
            new MetricsHandler(meters.getIfAvailable(), blockingWork))
        .all();
  }

  /** Comes after controllers, which an application has that is a proxy beside what else it is. */
  @Bean
  HandlerMapping pathsThatNobodyHas() {
    RouterFunctionMapping others = new RouterFunctionMapping(IngressRoutes.others());
    others.setOrder(Ordered.LOWEST_PRECEDENCE - 2); // static resources are next, and take all
    return others;
  }

  @Bean
  WebServerFactoryCustomizer<NettyReactiveWebServerFactory> protocolServer(ProtocolRoutes routes) {
    return factory -> {
      factory.addRouteProviders(routes);
      factory.addServerCustomizers(Compression::onlyWhereItHelps);
    };
  }

  @Bean
  ApiTokenFilter apiTokenFilter(ProxyProperties properties) {
    return new ApiTokenFilter(new ApiToken(properties.getApiToken()));
  }

  /** Its own event loops, not the JVM's: closing this context must not end another one's server. */
  @Bean
  ReactorResourceFactory reactorResources() {
    ReactorResourceFactory resources = new ReactorResourceFactory();
    resources.setUseGlobalResources(false);
    // requests have ended before; nothing new comes to be waited for
    resources.setShutdownQuietPeriod(Duration.ZERO);
    return resources;
  }

  @Bean
  UnixSocket unixSocket(ProxyProperties properties) {
    return new UnixSocket(properties.getUds());
  }
}
