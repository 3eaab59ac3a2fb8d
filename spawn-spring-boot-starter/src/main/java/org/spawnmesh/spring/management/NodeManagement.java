package org.spawnmesh.spring.management;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.ActorDefinition;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.Answer;
import org.spawnmesh.actor.Failure;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.actor.Payload;
import org.spawnmesh.actor.SpawnException;
import org.spawnmesh.cluster.Cluster;
import org.spawnmesh.cluster.Member;
import org.spawnmesh.cluster.MeshStatus;
import org.spawnmesh.runtime.Replacement;
import org.spawnmesh.runtime.Share;
import org.spawnmesh.runtime.SpawnNode;
import org.spawnmesh.runtime.TypeSummary;
import org.spawnmesh.spring.ActorShape;
import org.spawnmesh.spring.payload.PayloadCodecs;
import org.spawnmesh.store.Cause;
import org.spawnmesh.store.Snapshot;
import org.spawnmesh.store.StateStore.Revision;
import org.spawnmesh.store.StoreException;
import org.spawnmesh.store.UnreadableStateException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What can be asked of a node, and done to it and to its actors. Blocks; thread-safe. Nothing here
 * wakes an actor but {@link #invoke}, {@link #restore} and {@link #resume}.
 */
public final class NodeManagement {

  private static final int MOST_REVISIONS = 200;
  private static final Duration LONGEST_CALL = Duration.ofMinutes(1);

  private final SpawnNode node;
  private final Cluster cluster;
  private final String system;
  private final Ids ids;
  private final String name;
  private final Duration drainTimeout;
  private final Supplier<Map<String, ActorShape>> shapes;
  private final JsonMapper mapper;
  private final Schemas schemas;
  private final ShownPayloads payloads;
  private final AgendaManagement agenda;
  private final ActorPages actors;
  private volatile boolean cordoned;

  /**
   * @param name of this node, for people, if it is in no mesh
   * @param shapes the types that beans declare, as far as they are known
   * @param mapper as actors have it
   * @param descriptors file with a descriptor set of protobuf messages; null for none
   * @throws IllegalArgumentException if it is no such file
   */
  public NodeManagement(
      SpawnNode node,
      Cluster cluster,
      String system,
      String name,
      Duration drainTimeout,
      Supplier<Map<String, ActorShape>> shapes,
      JsonMapper mapper,
      @Nullable Path descriptors) {
    this.node = node;
    this.cluster = cluster;
    this.system = system;
    this.ids = new Ids(system);
    this.name = name;
    this.drainTimeout = drainTimeout;
    this.shapes = shapes;
    this.mapper = mapper;
    this.schemas = new Schemas(mapper);
    this.payloads = new ShownPayloads(mapper, shapes, descriptors);
    this.agenda = new AgendaManagement(node, ids, mapper);
    this.actors = new ActorPages(node, ids);
  }

  /** What actors have yet to send and to do. */
  AgendaManagement agenda() {
    return agenda;
  }

  /** Which actors there are. */
  ActorPages actors() {
    return actors;
  }

  // ---- the node ----

  Map<String, Object> node() {
    MeshStatus mesh = cluster.status();
    Member self = mesh.self();
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("system", system);
    all.put("name", self == null ? name : self.name());
    all.put("incarnation", self == null ? null : self.incarnation().number());
    all.put("status", node.status().name());
    all.put("cordoned", cordoned);
    all.put("version", self == null ? "" : self.version());
    all.put("store", node.store().describe());
    all.put("features", self == null ? List.of() : List.of("mesh"));
    all.put("types", node.inspect().types().stream().map(this::type).toList());
    return all;
  }

  private Map<String, Object> type(TypeSummary summary) {
    ActorDefinition definition = summary.definition();
    Map<String, Object> type = new LinkedHashMap<>();
    type.put("name", definition.type().name());
    type.put("kind", definition.kind().name());
    type.put("stateful", definition.stateful());
    type.put("history", definition.history());
    type.put("activations", summary.activations());
    type.put("quarantined", summary.quarantined());
    return type;
  }

  Map<String, Object> type(String typeName) {
    TypeSummary summary = hosted(typeName);
    Map<String, Object> type = type(summary);
    ActorShape shape = shapes.get().get(typeName);
    List<Map<String, Object>> actions = new ArrayList<>();
    for (String action : summary.definition().actions().keySet().stream().sorted().toList()) {
      Map<String, Object> described = new LinkedHashMap<>();
      described.put("name", action);
      ActorShape.ActionShape known = shape == null ? null : shape.actions().get(action);
      described.put("described", known != null);
      if (known != null) {
        described.put("payload", known.payload() == null ? null : schemas.of(known.payload()));
        described.put("required", known.required());
      }
      actions.add(described);
    }
    type.put("actions", actions);
    return type;
  }

  private TypeSummary hosted(String typeName) {
    return node.inspect()
        .type(ids.type(typeName))
        .orElseThrow(
            () ->
                RefusedRequestException.notFound(
                    "The actor type '%s' is not hosted on this node".formatted(typeName)));
  }

  Map<String, Object> mesh() {
    MeshStatus status = cluster.status();
    Member self = status.self();
    List<Member> members = status.members();
    Map<Long, Integer> index = new TreeMap<>();
    List<Map<String, Object>> shown = new ArrayList<>();
    for (Member member : members) {
      index.put(member.incarnation().number(), shown.size());
      shown.add(
          Map.of(
              "name", member.name(),
              "incarnation", member.incarnation().number(),
              "address", member.address(),
              "version", member.version(),
              "types", member.hosted().size()));
    }
    Map<String, int[]> shards = new TreeMap<>();
    cluster
        .owners()
        .forEach(
            (type, owners) ->
                shards.put(
                    type.name(),
                    owners.stream()
                        .mapToInt(
                            owner ->
                                owner == null
                                    ? -1
                                    : index.getOrDefault(owner.incarnation().number(), -1))
                        .toArray()));
    Map<String, Object> opening = new TreeMap<>();
    status.shards().forEach((type, here) -> opening.put(type.name(), here));
    Map<String, Object> mesh = new LinkedHashMap<>();
    mesh.put("view", status.view());
    mesh.put("self", self == null ? null : self.incarnation().number());
    Member leader = status.leader();
    mesh.put("leader", leader == null ? null : leader.incarnation().number());
    mesh.put("members", shown);
    mesh.put("shards", shards);
    mesh.put("here", opening);
    return mesh;
  }

  /** Answers at once; {@link #node} shows how far it is. */
  Map<String, Object> drain() {
    Thread.ofVirtual().name("spawn-management-drain").start(() -> node.drain(drainTimeout));
    return done(true);
  }

  /** Gives this node's actors to the others and takes none, but stays a member. */
  Map<String, Object> cordon(boolean value) {
    cordoned = value;
    node.share(
        node.inspect().types().stream().map(type -> type.definition().type()).toList(),
        value ? Share.STANDBY : Share.FULL);
    return done(true);
  }

  // ---- actors ----

  Map<String, Object> actor(String typeName, String actorName) {
    ActorId actor = ids.actor(typeName, actorName);
    Map<String, Object> shown = new LinkedHashMap<>();
    shown.put("system", system);
    shown.put("type", typeName);
    shown.put("name", actorName);
    Member owner = cluster.owner(actor);
    shown.put("owner", owner == null ? null : owner.name());
    shown.put("ownerIncarnation", owner == null ? null : owner.incarnation().number());
    actors.inMemory(actor, shown);
    try {
      Snapshot stored = node.store().load(actor).orElse(null);
      shown.put("stored", stored == null ? null : snapshot(stored));
    } catch (UnreadableStateException e) {
      shown.put("stored", null);
      shown.put("unreadable", e.getMessage());
    }
    return shown;
  }

  private Map<String, Object> snapshot(Snapshot stored) {
    Map<String, Object> shown = new LinkedHashMap<>();
    shown.put("revision", stored.revision());
    shown.put("tags", new TreeMap<>(stored.tags()));
    Payload state = stored.state();
    shown.put("state", state == null ? null : payloads.show(state, stateSchema(stored.actor())));
    return shown;
  }

  private Map<String, Object> stateSchema(ActorId actor) {
    ActorShape shape = shapes.get().get(actor.type().name());
    return shape == null || shape.state() == null ? Map.of() : schemas.of(shape.state());
  }

  Map<String, Object> history(String typeName, String actorName, Request request) {
    ActorId actor = ids.actor(typeName, actorName);
    Map<String, Object> schema = stateSchema(actor);
    List<Map<String, Object>> revisions = new ArrayList<>();
    for (Revision kept : node.store().history(actor, request.number("limit", 50, MOST_REVISIONS))) {
      Cause cause = kept.cause();
      Map<String, Object> shown = new LinkedHashMap<>();
      Snapshot snapshot = kept.snapshot();
      shown.put("revision", snapshot.revision());
      shown.put("tags", new TreeMap<>(snapshot.tags()));
      Payload state = snapshot.state();
      shown.put("state", state == null ? null : payloads.show(state, schema));
      shown.put("action", cause.action());
      shown.put("caller", cause.caller() == null ? null : cause.caller().shortName());
      shown.put("traceId", cause.traceId());
      shown.put("at", cause.at().toString());
      revisions.add(shown);
    }
    return Map.of("revisions", revisions);
  }

  // ---- changes ----

  Map<String, Object> invoke(String typeName, String actorName, Request request) {
    ActorId actor = ids.actor(typeName, actorName);
    JsonNode payload = request.body().get("payload");
    Payload sent =
        payload == null || payload.isNull()
            ? Payload.NONE
            : PayloadCodecs.ofJsonText(mapper.writeValueAsString(payload));
    boolean tell = "tell".equals(request.optional("mode"));
    Invocation call =
        tell
            ? Invocation.tell(actor, request.text("action"), sent)
            : Invocation.ask(actor, request.text("action"), sent);
    Answer answer = await(node.invoke(call).toCompletableFuture());
    Map<String, Object> shown = new LinkedHashMap<>();
    switch (answer) {
      case Answer.Ok ok -> {
        shown.put("ok", true);
        ActorShape shape = shapes.get().get(typeName);
        ActorShape.ActionShape action =
            shape == null ? null : shape.actions().get(request.text("action"));
        shown.put(
            "answer",
            ok.payload().isNone()
                ? null
                : payloads.show(
                    ok.payload(), action == null ? Map.of() : schemas.of(action.result())));
      }
      case Answer.Failed failed -> {
        shown.put("ok", false);
        shown.put("failure", failure(failed.failure()));
      }
    }
    return shown;
  }

  static Map<String, Object> failure(Failure failure) {
    Map<String, Object> shown = new LinkedHashMap<>();
    shown.put("code", failure.code().id());
    shown.put("name", failure.code().name());
    shown.put("message", failure.message());
    shown.put("execution", failure.execution().name());
    shown.put("advice", failure.code().advice());
    return shown;
  }

  /** Waits for as long as a client may be expected to. */
  static <T> T await(CompletableFuture<T> answer) {
    try {
      return answer.get(LONGEST_CALL.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new RefusedRequestException(504, "No answer within " + LONGEST_CALL);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RefusedRequestException(503, "The node stops");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof SpawnException failed) {
        throw failed;
      }
      throw new IllegalStateException(e);
    }
  }

  /**
   * Puts an earlier state in place: of this actor, or of another one of its type, and then only if
   * this one is new.
   */
  Map<String, Object> restore(String typeName, String actorName, Request request) {
    ActorId target = ids.actor(typeName, actorName);
    String from = request.optional("from");
    ActorId source = from == null ? target : ids.actor(typeName, from);
    boolean fork = !source.equals(target);
    JsonNode wanted = request.body().get("revision");
    if (!fork && (wanted == null || !wanted.isNumber())) {
      throw RefusedRequestException.badRequest("The body needs a number 'revision'");
    }
    Snapshot snapshot = snapshot(source, wanted == null || wanted.isNull() ? -1 : wanted.asLong());
    String what = (fork ? "fork " + source.shortName() + " " : "restore ") + snapshot.revision();
    return outcome(
        await(
            node.repair()
                .replace(target, what, new Replacement(snapshot.state(), snapshot.tags(), fork))
                .toCompletableFuture()));
  }

  private Snapshot snapshot(ActorId actor, long revision) {
    Snapshot latest = node.store().load(actor).orElse(null);
    if (latest != null && (revision < 0 || latest.revision() == revision)) {
      return latest;
    }
    return node.store().history(actor, Integer.MAX_VALUE).stream()
        .map(Revision::snapshot)
        .filter(kept -> kept.revision() == revision)
        .findFirst()
        .orElseThrow(
            () ->
                RefusedRequestException.notFound(
                    revision < 0
                        ? actor.shortName() + " was never saved"
                        : "Revision %d of %s is not kept".formatted(revision, actor.shortName())));
  }

  Map<String, Object> pause(String typeName, String actorName, Request request) {
    String why = request.optional("why");
    return done(
        node.repair().pause(ids.actor(typeName, actorName), why == null ? "it is paused" : why));
  }

  Map<String, Object> resume(String typeName, String actorName) {
    return done(node.repair().resume(ids.actor(typeName, actorName)));
  }

  Map<String, Object> release(String typeName, String actorName) {
    return done(node.repair().release(ids.actor(typeName, actorName)));
  }

  Map<String, Object> deactivate(String typeName, String actorName) {
    return done(node.repair().passivate(ids.actor(typeName, actorName)));
  }

  private static Map<String, Object> outcome(Answer answer) {
    if (answer instanceof Answer.Failed failed) {
      Map<String, Object> shown = new LinkedHashMap<>();
      shown.put("done", false);
      shown.put("failure", failure(failed.failure()));
      return shown;
    }
    return done(true);
  }

  private static Map<String, Object> done(boolean value) {
    Map<String, Object> shown = new LinkedHashMap<>();
    shown.put("done", value);
    return shown;
  }

  /** What a store that is away means for whoever asks. */
  static RefusedRequestException storeAway(StoreException e) {
    return new RefusedRequestException(503, "The store cannot answer: " + e.getMessage());
  }

  // ---- live ----

  /** Figures of one moment, beside what {@link LiveFigures} counts. */
  Map<String, Object> gauges() {
    int activations = 0;
    int quarantined = 0;
    for (TypeSummary summary : node.inspect().types()) {
      activations += summary.activations();
      quarantined += summary.quarantined();
    }
    Map<String, Object> gauges = new LinkedHashMap<>();
    gauges.put("status", node.status().name());
    gauges.put("view", cluster.status().view());
    gauges.put("activations", activations);
    gauges.put("quarantined", quarantined);
    return gauges;
  }
}
