package org.spawnmesh.spring.autoconfigure;

import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Objects;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.cluster.Cluster;
import org.spawnmesh.runtime.SpawnNode;
import org.spawnmesh.spring.ActorBeans;
import org.spawnmesh.spring.management.CallChains;
import org.spawnmesh.spring.management.LiveFigures;
import org.spawnmesh.spring.management.ManagementServer;
import org.spawnmesh.spring.management.NodeManagement;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.PropertySource;
import org.springframework.util.StringUtils;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the management API of a node, if {@code
 * spawn.management.port} is set.
 */
@AutoConfiguration(before = SpawnAutoConfiguration.class)
@ConditionalOnProperty("spawn.management.port")
@EnableConfigurationProperties(ManagementProperties.class)
public final class SpawnManagementAutoConfiguration {

  private static final int SHORTEST_TOKEN = 16;

  @Bean
  @ConditionalOnMissingBean
  LiveFigures spawnLiveFigures() {
    return new LiveFigures(System::nanoTime, InstantSource.system());
  }

  /** Last, so that a call that is traced is known by its trace. */
  @Bean
  @Order(Ordered.LOWEST_PRECEDENCE)
  @ConditionalOnMissingBean
  CallChains spawnCallChains(LiveFigures figures) {
    return figures.chains();
  }

  @Bean
  @ConditionalOnMissingBean
  NodeManagement spawnNodeManagement(
      SpawnNode node,
      Cluster cluster,
      ActorSystemName system,
      SpawnProperties properties,
      ActorBeans actors,
      ObjectProvider<JsonMapper> mappers,
      ManagementProperties management) {
    String descriptors = management.getDescriptors();
    try {
      return new NodeManagement(
          node,
          cluster,
          system.value(),
          MeshConfiguration.hostName() + ":" + ManagementFactory.getRuntimeMXBean().getPid(),
          properties.getDrainTimeout(),
          actors::shapes,
          mappers.getIfUnique(() -> JsonMapper.builder().build()),
          descriptors == null ? null : Path.of(descriptors));
    } catch (IllegalArgumentException e) {
      throw new InvalidConfigurationException(
          String.valueOf(e.getMessage()),
          "Write the file with `protoc --include_imports --descriptor_set_out=… *.proto`, or remove"
              + " the property.");
    }
  }

  @Bean
  @ConditionalOnMissingBean
  ManagementServer spawnManagementServer(
      ManagementProperties properties,
      NodeManagement management,
      LiveFigures figures,
      ObjectProvider<SslBundles> bundles,
      ConfigurableEnvironment environment) {
    String token = StringUtils.hasText(properties.getToken()) ? properties.getToken() : null;
    String bundle = properties.getSslBundle();
    if (token == null && bundle == null) {
      throw new InvalidConfigurationException(
          "spawn.management.port is %d, but neither spawn.management.token nor spawn.management.ssl-bundle is set: whoever reaches the port could do everything."
              .formatted(properties.getPort()),
          "Set spawn.management.token to a secret of at least %d characters that the console knows, too."
              .formatted(SHORTEST_TOKEN));
    }
    if (token != null && token.length() < SHORTEST_TOKEN) {
      throw new InvalidConfigurationException(
          "spawn.management.token has %d characters.".formatted(token.length()),
          "Use at least %d, for example what `openssl rand -hex 24` prints."
              .formatted(SHORTEST_TOKEN));
    }
    ManagementServer server =
        new ManagementServer(
            new InetSocketAddress(
                properties.getAddress(), Objects.requireNonNull(properties.getPort())),
            token,
            context(bundle, bundles),
            management,
            figures);
    environment.getPropertySources().addLast(new LocalPort(server));
    return server;
  }

  /** {@code local.spawn.management.port}: the port in use, once there is one. */
  private static final class LocalPort extends PropertySource<ManagementServer> {

    LocalPort(ManagementServer server) {
      super("spawnManagementPort", server);
    }

    @Override
    public @Nullable Object getProperty(String name) {
      int port = name.equals("local.spawn.management.port") ? getSource().port() : 0;
      return port == 0 ? null : port;
    }
  }

  private static @Nullable SSLContext context(
      @Nullable String bundle, ObjectProvider<SslBundles> bundles) {
    return bundle == null ? null : bundles.getObject().getBundle(bundle).createSslContext();
  }
}
