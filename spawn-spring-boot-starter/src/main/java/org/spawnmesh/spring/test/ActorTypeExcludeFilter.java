package org.spawnmesh.spring.test;

import java.util.Set;
import org.spawnmesh.spring.Actor;
import org.springframework.boot.test.context.filter.annotation.StandardAnnotationCustomizableTypeExcludeFilter;

/** Leaves {@link Actor} beans only. */
final class ActorTypeExcludeFilter
    extends StandardAnnotationCustomizableTypeExcludeFilter<ActorTest> {

  ActorTypeExcludeFilter(Class<?> testClass) {
    super(testClass);
  }

  @Override
  protected Set<Class<?>> getKnownIncludes() {
    return Set.of(Actor.class);
  }
}
