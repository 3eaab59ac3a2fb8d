package org.spawnmesh.spring.autoconfigure;

import org.spawnmesh.runtime.SpawnNode;
import org.spawnmesh.spring.ActorBeans;
import org.spawnmesh.spring.Actors;
import org.spawnmesh.spring.payload.PayloadCodecs;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;
import tools.jackson.databind.json.JsonMapper;

/** {@link EnableAutoConfiguration Auto-configuration} for actors in this application. */
@AutoConfiguration(
    afterName = {
      "org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration",
      "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration",
      "org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration",
      "org.springframework.boot.liquibase.autoconfigure.LiquibaseAutoConfiguration"
    })
@EnableConfigurationProperties({SpawnProperties.class, SpawnClusterProperties.class})
@Import({StateStoreConfiguration.class, MeshConfiguration.class, NodeConfiguration.class})
public final class SpawnAutoConfiguration {

  /**
   * The application's own JSON settings apply to messages and state, unless it has a {@code
   * JsonMapper} bean named {@code spawnJsonMapper}, which need not be a candidate for others.
   */
  @Bean
  @ConditionalOnMissingBean
  PayloadCodecs spawnPayloadCodecs(
      ConfigurableListableBeanFactory beans, ObjectProvider<JsonMapper> mappers) {
    if (beans.containsBean("spawnJsonMapper")) {
      return new PayloadCodecs(beans.getBean("spawnJsonMapper", JsonMapper.class));
    }
    return new PayloadCodecs(mappers.getIfUnique(() -> JsonMapper.builder().build()));
  }

  @Bean
  @ConditionalOnMissingBean
  Actors spawnActors(SpawnNode node, PayloadCodecs codecs, ActorSystemName system) {
    return Actors.of(node, system.value(), codecs);
  }

  @Bean
  @ConditionalOnMissingBean
  ActorBeans spawnActorBeans(ConfigurableListableBeanFactory beans, PayloadCodecs codecs) {
    return new ActorBeans(beans, codecs);
  }

  @Bean
  ActorSystemName spawnActorSystemName(SpawnProperties properties, Environment environment) {
    return ActorSystemName.of(properties, environment);
  }
}
