package org.spawnmesh.proxy.config;

import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * State at rest is encrypted, except on a developer's machine. Checked before any bean opens a
 * database.
 */
final class KeyRequirement implements BeanFactoryPostProcessor {

  private final ConfigurableEnvironment environment;

  KeyRequirement(ConfigurableEnvironment environment) {
    this.environment = environment;
  }

  @Override
  public void postProcessBeanFactory(ConfigurableListableBeanFactory beans) {
    boolean inMemory =
        environment.getProperty("spawn.statestore.type", "").equalsIgnoreCase("memory");
    boolean developing = environment.getProperty("spawn.dev", Boolean.class, false);
    if (!inMemory && !developing && !ProxyEnvironment.hasKeys(environment)) {
      throw new InvalidVariableException(
          "There is no key to encrypt the state of actors with.",
          """
          Make one and keep it; without it, what is stored cannot be read again:

              export SPAWN_STATESTORE_KEY=$(openssl rand -base64 32)

          On a developer's machine, spawn.dev=true keeps state unencrypted.\
          """);
    }
  }
}
