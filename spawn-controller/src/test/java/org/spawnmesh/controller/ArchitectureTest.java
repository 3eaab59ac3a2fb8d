package org.spawnmesh.controller;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("org.spawnmesh.controller");

  @Test
  void whatIsDecidedIsDecidedPurely() {
    noClasses()
        .that()
        .resideInAnyPackage("..desired..", "..plan..", "..api..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.javaoperatorsdk..",
            "io.fabric8.kubernetes.client.dsl..",
            "org.springframework..",
            "..reconcile..",
            "..leader..")
        .orShould()
        .dependOnClassesThat()
        .haveSimpleName("KubernetesClient")
        .because("plans are tested in any order of events, without a server")
        .check(CLASSES);
  }

  @Test
  void springOnlyAssembles() {
    noClasses()
        .that()
        .resideInAnyPackage("..reconcile..", "..leader..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.springframework..")
        .because("controllers run in tests without an application")
        .check(CLASSES);
  }
}
