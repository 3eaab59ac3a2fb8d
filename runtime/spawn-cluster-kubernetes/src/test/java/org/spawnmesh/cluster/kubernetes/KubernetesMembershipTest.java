package org.spawnmesh.cluster.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.spawnmesh.cluster.kubernetes.ApiServer.NAMESPACE;
import static org.spawnmesh.test.cluster.ListeningNode.eventually;

import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.spawnmesh.actor.ActorType;
import org.spawnmesh.actor.Kind;
import org.spawnmesh.cluster.Member;
import org.spawnmesh.cluster.Member.Offer;
import org.spawnmesh.cluster.Membership;
import org.spawnmesh.cluster.Membership.MembershipUnavailableException;
import org.spawnmesh.store.Incarnation;
import org.spawnmesh.test.VirtualTimers;
import org.spawnmesh.test.cluster.ListeningNode;
import org.spawnmesh.test.cluster.MembershipContract;
import org.spawnmesh.time.Timers;

/** The contract on fabric8's mock of an API server, and what only Kubernetes can do to it. */
class KubernetesMembershipTest extends MembershipContract {

  private static final Duration SECOND = Duration.ofSeconds(1);

  private static ApiServer api;

  private final Map<Membership, Gateway> gateways = new ConcurrentHashMap<>();

  @BeforeAll
  static void startServer() {
    api = new ApiServer();
  }

  @AfterAll
  static void stopServer() {
    api.close();
  }

  private static KubernetesSettings quick() {
    return settings(Duration.ofSeconds(2));
  }

  private static KubernetesSettings settings(Duration lease) {
    return KubernetesSettings.detected().namespace(NAMESPACE).timeouts(lease, lease.dividedBy(2));
  }

  private KubernetesMembership membership(
      String actorSystem, KubernetesSettings settings, Timers timers, InstantSource clock)
      throws IOException {
    Gateway gateway = api.gateway();
    var membership =
        new KubernetesMembership(
            actorSystem,
            settings.server(gateway.url()),
            timers,
            clock,
            Thread.ofPlatform().name("rounds").daemon().factory());
    gateways.put(membership, gateway);
    return membership;
  }

  private ListeningNode node(KubernetesSettings settings, Timers timers) throws Exception {
    return start(membership(system, settings, timers, Clock.systemUTC()), life());
  }

  private ListeningNode member(KubernetesSettings settings, Timers timers) throws Exception {
    ListeningNode node = node(settings, timers);
    node.announceAtLast();
    return node;
  }

  /** A member with the default lease, for which time passes only in {@link #pass}. */
  private ListeningNode member(VirtualTimers timers) throws Exception {
    return member(settings(Duration.ofSeconds(10)), timers);
  }

  /** Lets so many seconds pass, with a round in each. */
  private static void pass(int seconds, VirtualTimers timers, ListeningNode... nodes) {
    for (int second = 0; second < seconds; second++) {
      timers.advance(SECOND);
      for (ListeningNode node : nodes) {
        settled(node);
      }
    }
  }

  /** Has a round end that began from now on, and the watch tell what the round has seen. */
  private static void settled(ListeningNode node) {
    var membership = (KubernetesMembership) node.membership();
    eventually(
        "the watch tells what was read",
        () -> {
          node.announce();
          return membership.isTold();
        },
        PATIENCE);
  }

  private Gateway gateway(ListeningNode node) {
    return gateways.get(node.membership());
  }

  private Names names() {
    return Names.of(system);
  }

  private String name(ListeningNode node) {
    return names().member(node.self().incarnation());
  }

  private static Resource<Lease> operate(String name) {
    return api.operator().leases().inNamespace(NAMESPACE).withName(name);
  }

  /** An operator, or another program, writes a lease. */
  private static void edit(String name, UnaryOperator<Lease> change) {
    Lease lease = change.apply(operate(name).get());
    lease.getMetadata().setResourceVersion(null);
    api.operator().resource(lease).update();
  }

  private static Lease annotated(Lease lease, String annotation, String value) {
    return new LeaseBuilder(lease)
        .editMetadata()
        .addToAnnotations(annotation, value)
        .endMetadata()
        .build();
  }

  private String publishedView() {
    return operate(names().mesh()).get().getMetadata().getAnnotations().get(Names.VIEW);
  }

  @Override
  protected Membership open(String actorSystem, Timers timers) throws Exception {
    return membership(actorSystem, quick(), timers, Clock.systemUTC());
  }

  @Override
  protected void goAway() {
    api.goAway();
  }

  @Override
  protected void comeBack() {
    api.comeBack();
  }

  @Override
  protected void wipe() {
    api.wipe();
  }

  @Override
  protected void expire(Membership node) {
    gateways.get(node).shut();
    Member self = ((KubernetesMembership) node).wanted();
    if (self != null) {
      String number = Long.toString(self.incarnation().number());
      eventually(
          "others take it for dead",
          () ->
              api.lease(names().member(self.incarnation())) == null
                  && !number.equals(api.lease(names().mesh()).getSpec().getHolderIdentity()),
          PATIENCE);
    }
    gateways.get(node).open();
  }

  @Override
  protected void kill(Membership node) {
    gateways.get(node).cut();
  }

  // Leases

  @Test
  void whoeverDoesNotRenewIsDeadWhenTheLeaseIsOver() throws Exception {
    var timers = new VirtualTimers();
    ListeningNode a = member(timers);
    a.leads();
    ListeningNode b = member(new VirtualTimers());
    a.sees(a.self(), b.self());
    settled(a);
    gateway(b).cut(); // Else it would hear that its lease is deleted, and write it again.
    pass(9, timers, a);
    assertThat(a.observe().live()).hasSize(2);
    pass(2, timers, a);
    a.sees(a.self());
    eventually("its lease is deleted", () -> api.lease(name(b)) == null, PATIENCE);
  }

  @Test
  void aLeaseThatIsRenewedWhileItIsSweptStays() throws Exception {
    var timers = new VirtualTimers();
    ListeningNode a = member(timers);
    a.leads();
    var late = new VirtualTimers();
    ListeningNode b = member(late);
    a.sees(a.self(), b.self());
    Lease before = api.lease(name(b));
    api.overtake(
        request -> request.method().name().equals("DELETE") && request.getPath().endsWith(name(b)),
        name(b),
        lease -> annotated(lease, "renewed", "just now"));
    pass(11, timers, a);
    a.sees(a.self(), b.self());
    Lease after = api.lease(name(b));
    assertThat(after.getMetadata().getUid()).isEqualTo(before.getMetadata().getUid());
    assertThat(after.getMetadata().getAnnotations()).containsKey("renewed");
  }

  @Test
  void clocksThatAreWrongKillNobody() throws Exception {
    var timers = new VirtualTimers();
    KubernetesSettings settings = settings(Duration.ofSeconds(10));
    InstantSource future = () -> timers.instant().plus(Duration.ofDays(400));
    InstantSource past = () -> timers.instant().minus(Duration.ofDays(400));
    ListeningNode a = start(membership(system, settings, timers, future), life());
    a.announce();
    a.leads();
    ListeningNode b = start(membership(system, settings, timers, past), life());
    b.announce();
    a.sees(a.self(), b.self());
    b.sees(a.self(), b.self());
    pass(15, timers, a, b);
    timers.setWallClock(Instant.parse("1999-12-31T23:59:59Z"));
    pass(15, timers, a, b);
    a.sees(a.self(), b.self());
    b.sees(a.self(), b.self());
    a.leads();
    assertThat(operate(names().mesh()).get().getSpec().getLeaseTransitions()).isEqualTo(1);

    gateway(a).cut(); // Its lease lies 400 days ahead, and ends all the same.
    pass(11, timers, b);
    b.sees(b.self());
    b.leads();
  }

  @Test
  void whileTheApiServerIsAwayNobodyDies() throws Exception {
    var timers = new VirtualTimers();
    ListeningNode a = member(timers);
    a.leads();
    var others = new VirtualTimers();
    ListeningNode b = member(others);
    KubernetesMembership witness =
        membership(system, settings(Duration.ofSeconds(10)), timers, Clock.systemUTC());
    Set<Integer> sizes = ConcurrentHashMap.newKeySet();
    ListeningNode c = start(witness, life());
    c.sees(a.self(), b.self());
    a.sees(a.self(), b.self());
    api.goAway();
    timers.advance(Duration.ofMinutes(1));
    a.doesNotLead();
    assertThatExceptionOfType(MembershipUnavailableException.class).isThrownBy(a::announce);
    timers.advance(Duration.ofMinutes(1));
    api.comeBack();
    timers.advance(SECOND);
    a.isInContact(timers);
    a.leads();
    pass(8, timers, a);
    sizes.add(a.observe().live().size());
    sizes.add(c.observe().live().size());
    assertThat(sizes).containsExactly(2);
    assertThat(operate(names().mesh()).get().getSpec().getLeaseTransitions()).isEqualTo(1);

    // But whoever does not come back with it is dead at last.
    pass(3, timers, a);
    a.sees(a.self());
  }

  @Test
  void aSilentNetworkIsNoticedAndLeftBehind() throws Exception {
    ListeningNode a = member();
    a.leads();
    ListeningNode b = member();
    b.sees(a.self(), b.self());
    gateway(a).hush();
    a.doesNotLead();
    b.sees(b.self());
    b.leads();
    gateway(a).speak();
    a.knowsLeader(b);
    b.sees(a.self(), b.self());
  }

  @Test
  void aDeletedLeaseIsWrittenAgain() throws Exception {
    ListeningNode a = member();
    a.leads();
    ListeningNode b = member();
    b.sees(a.self(), b.self());
    a.membership().publish(4);
    operate(name(a)).delete();
    operate(names().mesh()).delete();
    eventually("it is there", () -> api.lease(name(a)) != null, PATIENCE);
    eventually("the other, too", () -> api.lease(names().mesh()) != null, PATIENCE);
    a.sees(a.self(), b.self());
    b.sees(a.self(), b.self());
    b.knowsALeader();
    assertThat(publishedView()).describedAs("who leads remembers").isEqualTo("4");
  }

  @Test
  void whatOthersWriteIntoALeaseIsKeptOrMended() throws Exception {
    ListeningNode a = member();
    a.leads();
    ListeningNode b = member();
    b.sees(a.self(), b.self());
    edit(name(a), lease -> annotated(lease, "note", "by hand"));
    edit(name(a), lease -> annotated(lease, Names.MEMBER, "nonsense"));
    eventually(
        "it is mended",
        () ->
            a.self()
                .print()
                .equals(api.lease(name(a)).getMetadata().getAnnotations().get(Names.MEMBER)),
        PATIENCE);
    assertThat(api.lease(name(a)).getMetadata().getAnnotations()).containsEntry("note", "by hand");
    b.sees(a.self(), b.self());
    a.sees(a.self(), b.self());
  }

  @Test
  void leasesThatAreNoMembersDoNotCount() throws Exception {
    ListeningNode a = member();
    Member ghost = life();
    for (String name : List.of("lost-and-found", names().member(new Incarnation(7)))) {
      api.operator()
          .resource(
              new LeaseBuilder()
                  .withNewMetadata()
                  .withName(name)
                  .withNamespace(NAMESPACE)
                  .addToLabels(Names.SYSTEM, names().key())
                  .addToAnnotations(Names.MEMBER, ghost.print())
                  .endMetadata()
                  .build())
          .create();
    }
    edit(names().mesh(), lease -> annotated(lease, Names.VIEW, "unknown"));
    ListeningNode b = member();
    a.sees(a.self(), b.self());
    b.sees(a.self(), b.self());
    b.membership().publish(2);
    a.knowsView(2);
  }

  @Test
  void aFormerLifeThatIsRestoredDiesAgain() throws Exception {
    var timers = new VirtualTimers();
    ListeningNode a = member(timers);
    a.leads();
    Member former = a.self();
    Lease copy = api.lease(name(a));
    a.announce(life());
    a.leads();
    a.sees(a.self());
    copy.getMetadata().setResourceVersion(null);
    copy.getMetadata().setUid(null);
    api.operator().resource(copy).create();
    a.sees(former, a.self());
    pass(11, timers, a);
    a.sees(a.self());
    String name = names().member(former.incarnation());
    eventually("its lease is deleted", () -> api.lease(name) == null, PATIENCE);
  }

  @Test
  void aMeshLeaseWithoutASpecificationIsTaken() throws Exception {
    api.operator()
        .resource(
            new LeaseBuilder()
                .withNewMetadata()
                .withName(names().mesh())
                .withNamespace(NAMESPACE)
                .addToLabels(Names.SYSTEM, names().key())
                .endMetadata()
                .build())
        .create();
    ListeningNode a = member();
    a.leads();
  }

  @Test
  void aLeaseBelongsToItsPod() throws Exception {
    ListeningNode a =
        member(quick().pod(new KubernetesSettings.Pod("cart-0", "uid-of-cart-0")), realTime());
    Lease lease = api.lease(name(a));
    OwnerReference owner = lease.getMetadata().getOwnerReferences().getFirst();
    assertThat(owner.getApiVersion() + " " + owner.getKind()).isEqualTo("v1 Pod");
    assertThat(owner.getName()).isEqualTo("cart-0");
    assertThat(owner.getUid()).isEqualTo("uid-of-cart-0");
    assertThat(lease.getSpec().getLeaseDurationSeconds()).isEqualTo(2);
    a.leads();
    assertThat(api.lease(names().mesh()).getMetadata().getOwnerReferences()).isEmpty();
  }

  @Test
  void whoLeavesHandsOverAtOnce() throws Exception {
    ListeningNode a = member(new VirtualTimers());
    a.leads();
    ListeningNode b = member(new VirtualTimers());
    a.sees(a.self(), b.self());
    // No time passes.
    a.membership().leave();
    b.leads();
    a.knowsLeader(b);
    b.sees(b.self());
  }

  @Test
  void theContactIsWhenTheQuestionWasSent() throws Exception {
    var timers = new VirtualTimers();
    ListeningNode a = member(timers);
    settled(a); // So the watch has begun, and no question is under way.
    String mesh = "/" + names().mesh();
    long before = api.count(mesh, "GET");
    gateway(a).hold();
    timers.advance(SECOND);
    eventually("it asked", () -> api.count(mesh, "GET") > before, PATIENCE);
    timers.advance(Duration.ofMillis(500));
    assertThat(a.observe().contact()).isZero();
    gateway(a).release();
    eventually("it was answered", () -> !Long.valueOf(0).equals(a.observe().contact()), PATIENCE);
    assertThat(a.observe().contact()).isEqualTo(SECOND.toNanos());
  }

  // The view

  @Test
  void aGreaterViewIsNotWrittenOver() throws Exception {
    ListeningNode a = member();
    a.leads();
    for (long number : new long[] {5, 12}) {
      api.overtake(
          request ->
              request.method().name().equals("PUT") && request.getPath().endsWith(names().mesh()),
          names().mesh(),
          lease -> annotated(lease, Names.VIEW, "9"));
      a.membership().publish(number);
      assertThat(publishedView()).isEqualTo(Long.toString(Math.max(9, number)));
      assertThat(a.observe().view()).isEqualTo(Math.max(9, number));
    }
  }

  @Test
  void aRestoredClusterKnowsAnOlderView() throws Exception {
    ListeningNode a = member();
    a.leads();
    a.membership().publish(7);
    edit(names().mesh(), lease -> annotated(lease, Names.VIEW, "3"));
    ListeningNode b = member();
    b.sees(a.self(), b.self());
    assertThat(a.observe().view()).isEqualTo(7);
    a.publishesAtLast(8);
    b.knowsView(8);
  }

  // Nothing relies on a watch

  @Test
  void whatADeafWatchDoesNotTellIsReadAfterAWhile() throws Exception {
    ListeningNode watcher = node();
    watcher.isInContact(realTime());
    eventually("it watches", () -> gateway(watcher).deafen() > 0, PATIENCE);
    ListeningNode a = member();
    watcher.sees(a.self());
    watcher.knowsLeader(a);
  }

  @Test
  void aWatchThatIsNeverBegunHoldsUpNobody() throws Exception {
    ListeningNode watcher = node();
    watcher.isInContact(realTime());
    gateway(watcher).swallowWatches();
    ListeningNode a = member();
    watcher.sees(a.self());
    watcher.knowsLeader(a);
    watcher.announceAtLast();
    a.sees(a.self(), watcher.self());
  }

  @Test
  void aBrokenWatchIsBegunAgain() throws Exception {
    ListeningNode a = member();
    ListeningNode b = member();
    a.sees(a.self(), b.self());
    gateway(a).endWatches();
    b.announce(b.self().hosting(Map.of(new ActorType(system, "Stock"), Offer.of(Kind.POOLED))));
    a.sees(a.self(), b.self());
  }

  @Test
  void whoeverMayNotWatchReadsAllLeases() throws Exception {
    try (var unused = api.refuse(403, request -> request.getPath().contains("watch=true"))) {
      ListeningNode a = member();
      ListeningNode b = member();
      a.sees(a.self(), b.self());
      b.membership().leave();
      a.sees(a.self());
    }
  }

  // What it may not

  @Test
  void whoeverIsRefusedIsToldWhy() throws Exception {
    ListeningNode a = node();
    try (var unused = api.refuse(403, request -> request.method().name().equals("POST"))) {
      assertThatExceptionOfType(MembershipUnavailableException.class)
          .isThrownBy(a::announce)
          .withMessageContainingAll(a.self().toString(), "refused by the test", NAMESPACE);
    }
    a.seesItself();
    a.leads();
  }

  @Test
  void aMissingNamespaceIsNotTakenForARace() throws Exception {
    ListeningNode a = node();
    try (var unused = api.refuse(404, request -> request.method().name().equals("POST"))) {
      assertThatExceptionOfType(MembershipUnavailableException.class)
          .isThrownBy(a::announce)
          .withMessageContaining("refused by the test");
      assertThatExceptionOfType(MembershipUnavailableException.class)
          .isThrownBy(() -> a.membership().publish(1))
          .withMessageContaining("refused by the test");
    }
  }

  @Test
  void whoeverMayNotDeleteStillKnowsWhoIsDead() throws Exception {
    var timers = new VirtualTimers();
    try (var unused = api.refuse(403, request -> request.method().name().equals("DELETE"))) {
      ListeningNode a = member(timers);
      ListeningNode b = member(new VirtualTimers());
      a.sees(a.self(), b.self());
      settled(a);
      pass(11, timers, a);
      a.sees(a.self());
      assertThat(api.lease(name(b))).isNotNull();
    }
  }

  // What it costs

  @Test
  void requestsAreFewAndDoNotGrowWithTheMesh() throws Exception {
    var timers = new VirtualTimers();
    ListeningNode a = member(timers);
    a.leads();
    ListeningNode b = member(timers);
    a.sees(a.self(), b.self());
    b.knowsLeader(a);
    settled(a);
    settled(b);
    String mesh = "/" + names().mesh();
    long[] before = {
      api.count(name(a), "PUT", "POST", "PATCH", "DELETE"),
      api.count(name(b), "PUT", "POST", "PATCH", "DELETE"),
      api.count(mesh, "PUT", "POST", "PATCH", "DELETE"),
      api.count("labelSelector=", "GET")
    };
    pass(60, timers, a, b);
    assertThat(api.count(name(a), "PUT", "POST", "PATCH", "DELETE") - before[0])
        .describedAs("renewals in a minute")
        .isEqualTo(20);
    assertThat(api.count(name(b), "PUT", "POST", "PATCH", "DELETE") - before[1])
        .describedAs("renewals in a minute")
        .isEqualTo(20);
    assertThat(api.count(mesh, "PUT", "POST", "PATCH", "DELETE") - before[2])
        .describedAs("renewals of the leader")
        .isEqualTo(20);
    assertThat(api.count("labelSelector=", "GET") - before[3])
        .describedAs("lists and watches")
        .isZero();
  }
}
