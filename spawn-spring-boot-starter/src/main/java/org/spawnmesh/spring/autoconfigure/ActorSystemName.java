package org.spawnmesh.spring.autoconfigure;

import org.spawnmesh.actor.ActorType;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

/** Name of the actor system that this application is part of. */
record ActorSystemName(String value) {

  private static final String DEFAULT = "spawn-system";

  static ActorSystemName of(SpawnProperties properties, Environment environment) {
    String property = "spawn.system";
    String name = properties.getSystem();
    if (!StringUtils.hasText(name)) {
      property = "spring.application.name";
      name = environment.getProperty(property);
    }
    if (!StringUtils.hasText(name)) {
      return new ActorSystemName(DEFAULT);
    }
    try {
      return new ActorSystemName(new ActorType(name, "any").system());
    } catch (IllegalArgumentException e) {
      throw new InvalidConfigurationPropertyValueException(
          property, name, "It cannot be the name of an actor system: " + e.getMessage() + ".");
    }
  }
}
