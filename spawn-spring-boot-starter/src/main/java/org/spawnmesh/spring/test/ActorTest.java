package org.spawnmesh.spring.test;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;
import org.spawnmesh.test.VirtualTimers;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.test.autoconfigure.OverrideAutoConfiguration;
import org.springframework.boot.test.context.filter.annotation.TypeExcludeFilters;
import org.springframework.context.annotation.ComponentScan.Filter;
import org.springframework.core.annotation.AliasFor;
import org.springframework.core.env.Environment;
import org.springframework.test.context.BootstrapWith;
import org.springframework.test.context.junit.jupiter.SpringExtension;

/**
 * A test of an application's actors. Starts the {@code @Actor} beans and nothing else of the
 * application, keeps their state in memory, and stops time: inject {@link VirtualTimers} and {@link
 * VirtualTimers#advance} them to see timers, idle times and deadlines pass.
 *
 * <p>Other beans that the actors need are added with {@code @Import}, {@code includeFilters}, or as
 * {@code @MockitoBean}. Needs {@code spawn-test} in test scope.
 */
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@BootstrapWith(ActorTestContextBootstrapper.class)
@ExtendWith(SpringExtension.class)
@OverrideAutoConfiguration(enabled = false)
@TypeExcludeFilters(ActorTypeExcludeFilter.class)
@ImportAutoConfiguration
public @interface ActorTest {

  /** Properties in the form {@code key=value} to add to the {@link Environment}. */
  String[] properties() default {};

  /** Whether only {@code @Actor} beans are found, apart from {@link #includeFilters}. */
  boolean useDefaultFilters() default true;

  /** Beans to find in addition. */
  Filter[] includeFilters() default {};

  /** Beans not to find. */
  Filter[] excludeFilters() default {};

  /** Auto-configuration to leave out. */
  @AliasFor(annotation = ImportAutoConfiguration.class, attribute = "exclude")
  Class<?>[] excludeAutoConfiguration() default {};
}
