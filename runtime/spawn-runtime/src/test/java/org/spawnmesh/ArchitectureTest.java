package org.spawnmesh;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.time.Clock;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import org.spawnmesh.cluster.MembershipRounds;
import org.spawnmesh.runtime.SpawnNode;
import org.spawnmesh.time.SystemTimers;

/** What the engine may know, and who in it may know whom. */
@AnalyzeClasses(packages = "org.spawnmesh", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

  @ArchTest
  static final ArchRule libraries =
      classes()
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage("java..", "org.slf4j..", "org.jspecify..", "org.spawnmesh..")
          .because(
              "the engine is plain Java: Spring, ZooKeeper, protobuf and Jackson live in modules"
                  + " that depend on it, so it can be simulated and embedded anywhere");

  @ArchTest
  static final ArchRule outsideWorld =
      noClasses()
          .should()
          .dependOnClassesThat(
              resideInAnyPackage("java.sql..", "javax.sql..", "java.net..", "java.nio.channels..")
                  // These only spell text.
                  .and(not(belongToAnyOf(URI.class, URLEncoder.class, URLDecoder.class))))
          .because("the disk is a StateStore and the network is a Peer; both come from outside");

  @ArchTest
  static final ArchRule noCycles =
      slices()
          .matching("org.spawnmesh.(*)..")
          .should()
          .beFreeOfCycles()
          .because("a package that can be read without the others is a package worth having");

  @ArchTest
  static final ArchRule arrows =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .layer("actor")
          .definedBy("org.spawnmesh.actor..")
          .layer("host")
          .definedBy("org.spawnmesh.host..")
          .layer("store")
          .definedBy("org.spawnmesh.store..")
          .layer("time")
          .definedBy("org.spawnmesh.time..")
          .layer("cluster")
          .definedBy("org.spawnmesh.cluster..")
          .layer("runtime")
          .definedBy("org.spawnmesh.runtime..")
          .whereLayer("runtime")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("cluster")
          .mayOnlyBeAccessedByLayers("runtime")
          .whereLayer("host")
          .mayOnlyBeAccessedByLayers("runtime")
          .whereLayer("time")
          .mayOnlyBeAccessedByLayers("cluster", "runtime")
          .whereLayer("store")
          .mayOnlyBeAccessedByLayers("cluster", "runtime")
          .because(
              "host, store, time and cluster are seams: whoever implements one must not need the"
                  + " engine, and only a cluster knows the store, for its ledger");

  @ArchTest
  static final ArchRule words =
      noClasses()
          .that()
          .resideInAPackage("org.spawnmesh.actor..")
          .should()
          .dependOnClassesThat(
              resideInAPackage("org.spawnmesh..")
                  .and(resideOutsideOfPackage("org.spawnmesh.actor..")))
          .because("these are the words that everybody shares, so they cannot lean on anybody");

  @ArchTest
  static final ArchRule threads =
      noClasses()
          .that()
          // the rounds of a membership block in a service's client, on a thread made by the factory
          // they are given
          .doNotBelongToAnyOf(SpawnNode.class, MembershipRounds.class)
          .should()
          .dependOnClassesThat(
              belongToAnyOf(Executors.class, ForkJoinPool.class, Thread.Builder.class))
          .orShould()
          .callCodeUnitWhere(
              describe(
                  "it makes, starts or puts to sleep a thread",
                  (JavaCall<?> call) ->
                      call.getTargetOwner().isEquivalentTo(Thread.class)
                          && Set.of("<init>", "start", "startVirtualThread", "sleep")
                              .contains(call.getName())))
          .because(
              "threads come from the node's builder, so a test can run everything on one thread"
                  + " and from one seed; nothing in the engine sleeps");

  @ArchTest
  static final ArchRule clocks =
      noClasses()
          .that()
          .doNotBelongToAnyOf(SystemTimers.class)
          .should()
          .accessTargetWhere(
              describe(
                  "it reads the machine's clock",
                  (JavaAccess<?> access) ->
                      access.getTargetOwner().isEquivalentTo(System.class)
                              && Set.of("nanoTime", "currentTimeMillis").contains(access.getName())
                          || access.getTargetOwner().isEquivalentTo(Instant.class)
                              && access.getName().equals("now")
                          || access.getTargetOwner().isEquivalentTo(Clock.class)))
          .because("time is Timers and an InstantSource, so that tests can bring their own");

  @ArchTest
  static final ArchRule standardStreams =
      noClasses()
          .should(ACCESS_STANDARD_STREAMS)
          .because("what people must know goes to the log, what programs must know to a listener");

  @ArchTest
  static final ArchRule logging =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAPackage("java.util.logging..")
          .because("the engine logs through SLF4J; the application chooses where to");

  @ArchTest
  static final ArchRule names =
      noClasses()
          .should()
          .haveSimpleNameEndingWith("Manager")
          .orShould()
          .haveSimpleNameEndingWith("Helper")
          .orShould()
          .haveSimpleNameEndingWith("Util")
          .orShould()
          .haveSimpleNameEndingWith("Utils")
          .orShould()
          .haveSimpleNameEndingWith("Impl")
          .because(
              "such a name says that the concept was not found yet; name an implementation by what"
                  + " makes it different");
}
