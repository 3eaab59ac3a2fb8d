package org.spawnmesh.spring;

import java.lang.reflect.Method;
import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.BindingReflectionHintsRegistrar;
import org.springframework.aot.hint.ExecutableMode;
import org.springframework.aot.hint.ReflectionHints;
import org.springframework.beans.factory.aot.BeanRegistrationAotContribution;
import org.springframework.beans.factory.aot.BeanRegistrationAotProcessor;
import org.springframework.beans.factory.support.RegisteredBean;
import org.springframework.core.annotation.MergedAnnotations;

/** Tells a native image which methods of actors are called, and which types become JSON. */
final class ActorBeanAotProcessor implements BeanRegistrationAotProcessor {

  private final BindingReflectionHintsRegistrar binding = new BindingReflectionHintsRegistrar();

  @Override
  public @Nullable BeanRegistrationAotContribution processAheadOfTime(RegisteredBean bean) {
    Class<?> beanClass = bean.getBeanClass();
    boolean actor =
        MergedAnnotations.from(beanClass, MergedAnnotations.SearchStrategy.TYPE_HIERARCHY)
            .isPresent(Actor.class);
    if (!actor) {
      return null;
    }
    ActorDeclaration declaration =
        ActorDeclaration.readUnchecked(beanClass, placeholder -> placeholder);
    return (generation, code) -> {
      ReflectionHints hints = generation.getRuntimeHints().reflection();
      for (Method method : declaration.methods()) {
        hints.registerMethod(method, ExecutableMode.INVOKE);
      }
      for (Type type : declaration.types()) {
        binding.registerReflectionHints(hints, type);
      }
    };
  }
}
