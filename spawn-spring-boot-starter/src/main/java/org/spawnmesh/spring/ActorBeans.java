package org.spawnmesh.spring;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.spawnmesh.actor.ActorDefinition;
import org.spawnmesh.runtime.SpawnNode;
import org.spawnmesh.spring.payload.PayloadCodecs;
import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.util.ClassUtils;

/** The {@link Actor} beans of an application context. */
public final class ActorBeans {

  private final ConfigurableListableBeanFactory beans;
  private final PayloadCodecs codecs;
  private final Map<String, ActorShape> shapes = new ConcurrentHashMap<>();

  public ActorBeans(ConfigurableListableBeanFactory beans, PayloadCodecs codecs) {
    this.beans = beans;
    this.codecs = codecs;
  }

  /**
   * Makes them available on a node.
   *
   * @param system the actor system they belong to
   * @param history how many revisions to keep for actors that do not say it themselves
   * @return what was registered, in the order of the bean definitions
   * @throws InvalidDeclarationException if one of them is not a valid actor, or two are the same
   *     type
   */
  public List<ActorDefinition> registerWith(SpawnNode node, String system, int history) {
    Map<String, ActorDeclaration> declarations = declarations();
    Mesh mesh = new Mesh(node, system, codecs);
    List<ActorDefinition> registered = new ArrayList<>();
    declarations.forEach(
        (beanName, declaration) -> {
          ActorDefinition definition = declaration.definition(system, history);
          Object bean = beans.getBean(beanName);
          node.register(definition, new BeanActorHost(bean, declaration.bind(bean, codecs), mesh));
          registered.add(definition);
          shapes.put(declaration.typeName(), declaration.shape());
        });
    for (Saga<?> saga : beans.getBeansOfType(Saga.class).values()) {
      ActorDefinition definition = SagaHost.definition(saga, system);
      node.register(definition, new SagaHost<>(saga, mesh));
      registered.add(definition);
    }
    return registered;
  }

  /** The Java types of what was registered, by actor type. */
  public Map<String, ActorShape> shapes() {
    return Map.copyOf(shapes);
  }

  private Map<String, ActorDeclaration> declarations() {
    Map<String, ActorDeclaration> byBean = new LinkedHashMap<>();
    Map<String, String> beanByType = new LinkedHashMap<>();
    for (String beanName : beans.getBeanNamesForAnnotation(Actor.class)) {
      if (ScopedProxyUtils.isScopedTarget(beanName)) {
        continue;
      }
      Class<?> beanClass = ClassUtils.getUserClass(Objects.requireNonNull(beans.getType(beanName)));
      if (!beans.isSingleton(beanName)) {
        throw new InvalidDeclarationException(
            "The actor %s (bean '%s') is not a singleton; one bean serves all actors of its type."
                .formatted(beanClass.getName(), beanName),
            "Leave out its scope; what differs from actor to actor is the actor's state.");
      }
      ActorDeclaration declaration =
          ActorDeclaration.read(beanClass, codecs, this::resolvePlaceholders);
      String twin = beanByType.putIfAbsent(declaration.typeName(), beanName);
      if (twin != null) {
        throw new InvalidDeclarationException(
            "The beans '%s' (%s) and '%s' (%s) are both the actor type '%s'."
                .formatted(
                    twin,
                    Objects.requireNonNull(byBean.get(twin)).beanClass().getName(),
                    beanName,
                    beanClass.getName(),
                    declaration.typeName()),
            "Give one of them another type with @Actor(\"…\"), or remove it.");
      }
      byBean.put(beanName, declaration);
    }
    return byBean;
  }

  private String resolvePlaceholders(String text) {
    return Objects.requireNonNullElse(beans.resolveEmbeddedValue(text), "");
  }
}
