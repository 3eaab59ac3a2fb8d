package org.spawnmesh.cluster.kubernetes;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseSpec;

/** What this module may know. */
@AnalyzeClasses(
    packages = "org.spawnmesh.cluster.kubernetes",
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

  @ArchTest
  static final ArchRule arrows =
      classes()
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "java..",
              "org.slf4j..",
              "org.jspecify..",
              "io.fabric8.kubernetes..",
              "org.spawnmesh.cluster..",
              "org.spawnmesh.store..",
              "org.spawnmesh.time..")
          .because(
              "it implements one seam of the engine, so it needs the seams and not the engine, and"
                  + " no framework");

  @ArchTest
  static final ArchRule words =
      methods()
          .that()
          .arePublic()
          .and()
          .areDeclaredInClassesThat()
          .arePublic()
          .should()
          .notHaveRawReturnType(
              DescribedPredicate.describe(
                  "a class of the Kubernetes client",
                  (JavaClass type) -> type.getPackageName().startsWith("io.fabric8")))
          .because("whoever uses a membership must not need its client");

  @ArchTest
  static final ArchRule skew =
      noClasses()
          .should()
          .callMethod(LeaseSpec.class, "getRenewTime")
          .orShould()
          .callMethod(LeaseSpec.class, "getAcquireTime")
          .because("what another machine's clock said decides nothing");

  @ArchTest
  static final ArchRule clocks =
      noClasses()
          .should()
          .callMethod(System.class, "nanoTime")
          .orShould()
          .callMethod(System.class, "currentTimeMillis")
          .because("time is Timers, so that tests can bring their own");
}
