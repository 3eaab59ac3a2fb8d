package org.spawnmesh.proxy.host;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.InstantSource;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.spawnmesh.proxy.acl.Policies;
import org.spawnmesh.proxy.registration.Directory;
import org.spawnmesh.time.Timers;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.client.ReactorResourceFactory;
import org.springframework.util.function.SingletonSupplier;
import reactor.netty.http.HttpResources;

/** Hosts in other processes. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(HostProperties.class)
class HostConfiguration {

  /**
   * The directory is asked for late: it knows what is registered, and what is registered needs its
   * host.
   */
  @Bean
  @ConditionalOnMissingBean(Hosts.class)
  HttpHosts spawnHosts(
      HostProperties properties,
      ObjectProvider<Directory> directory,
      ObjectProvider<ReactorResourceFactory> resources,
      ObjectProvider<InstantSource> clock,
      ObjectProvider<Timers> timers,
      ObjectProvider<SslBundles> bundles,
      ObjectProvider<Hosts.Watcher> watchers,
      Policies policies,
      MeterRegistry meters) {
    Timers own = timers.getIfUnique();
    LongSupplier nanoTime = own == null ? System::nanoTime : own::nanoTime;
    ReactorResourceFactory shared = resources.getIfUnique();
    return new HttpHosts(
        properties,
        (system, name, registerRef) -> directory.getObject().resolve(system, name, registerRef),
        policies,
        shared == null ? HttpResources.get() : shared.getLoopResources(),
        clock.getIfUnique(InstantSource::system),
        nanoTime,
        meters,
        properties.sslBundle() == null
            ? Tls.NONE
            : Tls.of(bundles.getObject(), properties.sslBundle()),
        new LateWatcher(SingletonSupplier.of(watchers::getObject)));
  }

  /** Who watches the hosts has to have them first. */
  private record LateWatcher(Supplier<Hosts.Watcher> watcher) implements Hosts.Watcher {

    @Override
    public boolean isReplaceable(HostAddress host) {
      return watcher.get().isReplaceable(host);
    }

    @Override
    public void changed(HostAddress host) {
      watcher.get().changed(host);
    }
  }
}
