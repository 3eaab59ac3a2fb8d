package org.spawnmesh.transport.grpc;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Set;

/** What the transport may know. */
@AnalyzeClasses(
    packages = "org.spawnmesh.transport",
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

  @ArchTest
  static final ArchRule arrows =
      classes()
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "java..",
              "javax.net.ssl..",
              "org.slf4j..",
              "org.jspecify..",
              "io.grpc..",
              "io.netty..",
              "com.google..",
              "org.spawnmesh.actor..",
              "org.spawnmesh.cluster..",
              "org.spawnmesh.store..",
              "org.spawnmesh.time..",
              "org.spawnmesh.transport..")
          .because(
              "it implements a seam of the engine, and needs neither the engine, nor Spring, nor"
                  + " any other module to do so");

  @ArchTest
  static final ArchRule threads =
      noClasses()
          .should()
          .callCodeUnitWhere(
              describe(
                  "it makes, starts or puts to sleep a thread",
                  (JavaCall<?> call) ->
                      call.getTargetOwner().isEquivalentTo(Thread.class)
                          && Set.of("<init>", "start", "startVirtualThread", "sleep")
                              .contains(call.getName())))
          .because("threads come from the node's builder");

  @ArchTest
  static final ArchRule clocks =
      noClasses()
          .that()
          .doNotBelongToAnyOf(GrpcTransport.class) // how long close() waits
          .should()
          .accessTargetWhere(
              describe(
                  "it reads the machine's clock",
                  (JavaAccess<?> access) ->
                      access.getTargetOwner().isEquivalentTo(System.class)
                          && Set.of("nanoTime", "currentTimeMillis").contains(access.getName())))
          .because("time is Timers, so that tests can bring their own");
}
