package org.spawnmesh.controller.fake;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.fabric8.zjsonpatch.JsonPatch;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.controller.crd.Definitions;
import org.spawnmesh.controller.schema.StructuralSchema;

/** The objects of a cluster, and the rules by which they are written. Thread-safe. */
public final class FakeCluster {

  private static final Map<String, StructuralSchema> SCHEMAS = new HashMap<>();

  static {
    Definitions.all()
        .forEach(it -> SCHEMAS.put(it.getSpec().getNames().getKind(), new StructuralSchema(it)));
  }

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition written = lock.newCondition();
  private final Map<Key, ObjectNode> objects = new TreeMap<>();
  private final Map<Key, Map<String, Set<String>>> owners = new HashMap<>();
  private final List<Event> events = new ArrayList<>();
  private long version;
  private long oldest;
  private int uids;

  record Key(String kind, String namespace, String name) implements Comparable<Key> {

    private static final Comparator<Key> ORDER =
        Comparator.comparing(Key::kind).thenComparing(Key::namespace).thenComparing(Key::name);

    @Override
    public int compareTo(Key other) {
      return ORDER.compare(this, other);
    }
  }

  /**
   * @param before as it was; null if it was not
   */
  record Event(
      long version, String type, Key key, ObjectNode object, @Nullable ObjectNode before) {}

  // ---- for tests ----

  /** Everything of these kinds, without what the cluster itself writes. */
  public <T extends HasMetadata> List<T> all(Class<T> type) {
    return locked(
        () ->
            objects.entrySet().stream()
                .filter(it -> it.getKey().kind.equals(type.getSimpleName()))
                .map(it -> read(it.getValue(), type))
                .toList());
  }

  public <T extends HasMetadata> @Nullable T find(Class<T> type, String name) {
    return all(type).stream()
        .filter(it -> it.getMetadata().getName().equals(name))
        .findAny()
        .orElse(null);
  }

  public <T extends HasMetadata> T get(Class<T> type, String name) {
    return java.util.Objects.requireNonNull(find(type, name), name);
  }

  /** All objects the controller made, as they are. */
  public List<ObjectNode> managed() {
    return locked(
        () ->
            objects.values().stream()
                .filter(
                    it ->
                        it.at("/metadata/labels/app.kubernetes.io~1managed-by")
                                .asText()
                                .equals("spawn-controller")
                            && !it.path("kind").asText().equals("Pod"))
                .map(ObjectNode::deepCopy)
                .toList());
  }

  /** As kubectl apply --server-side does. */
  public void apply(String manager, HasMetadata object) {
    ObjectNode json = Serialization.jsonMapper().valueToTree(object);
    apply(keyOf(json), json, manager, true, "");
  }

  public void delete(HasMetadata object) {
    delete(keyOf(Serialization.jsonMapper().valueToTree(object)));
  }

  /** Somebody changes an object by hand. */
  public void tamper(String kind, String name, java.util.function.Consumer<ObjectNode> change) {
    locked(
        () -> {
          Key key =
              objects.keySet().stream()
                  .filter(it -> it.kind.equals(kind) && it.name.equals(name))
                  .findAny()
                  .orElseThrow();
          ObjectNode next = objects.get(key).deepCopy();
          change.accept(next);
          return update(key, next, "somebody", "");
        });
  }

  /**
   * Deployments get the pods they ask for, and their status; pods too many go.
   *
   * @return whether anything changed
   */
  public boolean runPods() {
    return locked(
        () -> {
          long before = version;
          for (Map.Entry<Key, ObjectNode> it : new ArrayList<>(objects.entrySet())) {
            if (it.getKey().kind.equals("Deployment")) {
              runPods(it.getKey(), it.getValue());
            }
          }
          return version != before;
        });
  }

  private void runPods(Key key, ObjectNode deployment) {
    int wanted = deployment.at("/spec/replicas").asInt(1);
    List<Key> pods = pods(deployment);
    for (int i = pods.size(); i < wanted; i++) {
      ObjectNode pod = Serialization.jsonMapper().createObjectNode();
      pod.put("apiVersion", "v1").put("kind", "Pod");
      ObjectNode metadata = pod.putObject("metadata");
      metadata.put("name", key.name + "-" + (++uids)).put("namespace", key.namespace);
      metadata.set("labels", deployment.at("/spec/template/metadata/labels").deepCopy());
      create(keyOf(pod), pod, "kubelet");
    }
    for (int i = wanted; i < pods.size(); i++) {
      delete(pods.get(i));
    }
    ObjectNode next = deployment.deepCopy();
    ObjectNode status = next.putObject("status");
    status.put("observedGeneration", deployment.at("/metadata/generation").asLong());
    for (String count : List.of("replicas", "readyReplicas", "updatedReplicas")) {
      if (wanted > 0) {
        status.put(count, wanted);
      }
    }
    update(key, next, "deployment-controller", "status");
  }

  private List<Key> pods(ObjectNode deployment) {
    JsonNode selector = deployment.at("/spec/selector/matchLabels");
    return objects.entrySet().stream()
        .filter(it -> it.getKey().kind.equals("Pod"))
        .filter(
            it ->
                selector.properties().stream()
                    .allMatch(
                        label ->
                            label
                                .getValue()
                                .equals(it.getValue().at("/metadata/labels").path(label.getKey()))))
        .map(Map.Entry::getKey)
        .toList();
  }

  /** Watches that begin before now are refused with 410. */
  public void compact() {
    locked(
        () -> {
          oldest = version;
          return null;
        });
  }

  /** Waits until it is so; looked at again after every write. */
  public void await(String what, BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    lock.lock();
    try {
      while (!condition.getAsBoolean()) {
        long left = end - System.nanoTime();
        if (left <= 0) {
          throw new AssertionError("Not within a minute: " + what + "\n" + objects);
        }
        boolean ignored = written.await(left, TimeUnit.NANOSECONDS);
      }
    } finally {
      lock.unlock();
    }
  }

  // ---- for the API ----

  <T> T locked(java.util.function.Supplier<T> work) {
    lock.lock();
    try {
      return work.get();
    } finally {
      lock.unlock();
    }
  }

  long version() {
    return locked(() -> version);
  }

  List<ObjectNode> list(String kind, @Nullable String namespace, Selector selector) {
    return locked(
        () ->
            objects.entrySet().stream()
                .filter(it -> it.getKey().kind.equals(kind))
                .filter(it -> namespace == null || it.getKey().namespace.equals(namespace))
                .filter(it -> selector.selects(it.getValue()))
                .map(it -> it.getValue().deepCopy())
                .toList());
  }

  ObjectNode get(Key key) {
    return locked(
        () -> {
          ObjectNode object = objects.get(key);
          if (object == null) {
            throw new Refused(404, "NotFound", "%s \"%s\" not found".formatted(key.kind, key.name));
          }
          return object.deepCopy();
        });
  }

  /** Waits for events after that version; empty if there are none for a while. */
  List<Event> eventsAfter(long from) throws InterruptedException {
    lock.lock();
    try {
      if (from < oldest) {
        throw new Refused(410, "Expired", "too old resource version: " + from);
      }
      if (version <= from) {
        boolean ignored = written.await(200, TimeUnit.MILLISECONDS);
      }
      return events.stream().filter(event -> event.version > from).toList();
    } finally {
      lock.unlock();
    }
  }

  ObjectNode create(Key key, ObjectNode object, String manager) {
    return locked(
        () -> {
          if (objects.containsKey(key)) {
            throw new Refused(409, "AlreadyExists", key.name + " already exists");
          }
          ObjectNode made = object.deepCopy();
          begin(made);
          admit(key, made, null);
          own(key, manager, made, null);
          return store(key, made, "ADDED");
        });
  }

  private void begin(ObjectNode made) {
    ObjectNode metadata = metadata(made);
    metadata.put("uid", "uid-" + ++uids);
    metadata.put("creationTimestamp", "2026-01-01T00:00:00Z");
    metadata.put("generation", 1);
  }

  ObjectNode update(Key key, ObjectNode object, String manager, String subresource) {
    return locked(
        () -> {
          ObjectNode before = get(key);
          String expected = object.at("/metadata/resourceVersion").asText("");
          if (!expected.isEmpty()
              && !expected.equals(before.at("/metadata/resourceVersion").asText())) {
            throw new Refused(409, "Conflict", "the object has been modified");
          }
          ObjectNode next = confined(before, object, subresource);
          own(key, manager, next, before);
          return replace(key, before, next);
        });
  }

  ObjectNode patch(Key key, JsonNode patch, boolean merge, String manager, String subresource) {
    return locked(
        () -> {
          ObjectNode before = get(key);
          JsonNode next = before.deepCopy();
          if (merge) {
            mergePatch((ObjectNode) next, (ObjectNode) patch);
          } else {
            try {
              next = JsonPatch.apply(patch, next);
            } catch (RuntimeException e) {
              throw new Refused(422, "Invalid", String.valueOf(e.getMessage()));
            }
          }
          return update(key, (ObjectNode) next, manager, subresource);
        });
  }

  private static void mergePatch(ObjectNode object, ObjectNode patch) {
    for (Map.Entry<String, JsonNode> field : patch.properties()) {
      if (field.getValue().isNull()) {
        object.remove(field.getKey());
      } else if (field.getValue() instanceof ObjectNode more) {
        ObjectNode there =
            object.get(field.getKey()) instanceof ObjectNode it
                ? it
                : object.putObject(field.getKey());
        mergePatch(there, more);
      } else {
        object.set(field.getKey(), field.getValue().deepCopy());
      }
    }
  }

  /**
   * Server-side apply: what this manager applied before and does not now is removed unless another
   * one owns it, too; what others own and say differently is a conflict, or is taken over by force.
   */
  ObjectNode apply(Key key, ObjectNode applied, String manager, boolean force, String subresource) {
    return locked(
        () -> {
          applied.remove("managedFields");
          ObjectNode before = objects.get(key);
          if (before == null && !subresource.isEmpty()) {
            throw new Refused(404, "NotFound", key.name + " not found");
          }
          Map<String, Set<String>> fields = owners.computeIfAbsent(key, it -> new TreeMap<>());
          String owner = manager + subresource;
          Set<String> now = FieldPath.leaves(applied);
          ObjectNode next = before == null ? applied.deepCopy() : before.deepCopy();
          if (before != null) {
            takeOver(fields, owner, now, applied, before, force);
            Set<String> gone = new TreeSet<>(fields.getOrDefault(owner, Set.of()));
            gone.removeAll(now);
            FieldPath.merge(next, applied, key.kind);
            for (String path : gone) {
              boolean shared =
                  fields.entrySet().stream()
                          .filter(it -> !it.getKey().equals(owner))
                          .flatMap(it -> it.getValue().stream())
                          .anyMatch(it -> FieldPath.isWithin(it, path))
                      || now.stream().anyMatch(it -> FieldPath.isWithin(it, path));
              if (!shared) {
                FieldPath.remove(next, path);
              }
            }
          }
          ObjectNode result;
          if (before == null) {
            begin(next);
            admit(key, next, null);
            result = store(key, next, "ADDED");
          } else {
            result = replace(key, before, confined(before, next, subresource));
          }
          if (objects.containsKey(key)) {
            fields.put(owner, now);
            owners.put(key, fields);
          }
          return result;
        });
  }

  private static void takeOver(
      Map<String, Set<String>> fields,
      String owner,
      Set<String> now,
      ObjectNode applied,
      ObjectNode before,
      boolean force) {
    for (Map.Entry<String, Set<String>> other : fields.entrySet()) {
      if (other.getKey().equals(owner)) {
        continue;
      }
      Set<String> disputed = new HashSet<>(other.getValue());
      disputed.retainAll(now);
      disputed.removeIf(
          path ->
              FieldPath.get(applied, path).equals(FieldPath.get(before, path))
                  || FieldPath.get(applied, path).isContainerNode()
                      && !FieldPath.get(applied, path).isArray());
      if (!disputed.isEmpty() && !force) {
        throw new Refused(409, "Conflict", "conflict with " + other.getKey() + ": " + disputed);
      }
      other.getValue().removeAll(disputed);
    }
  }

  /** A write that is no apply owns what it changes. */
  private void own(Key key, String manager, ObjectNode next, @Nullable ObjectNode before) {
    Map<String, Set<String>> fields = owners.computeIfAbsent(key, it -> new TreeMap<>());
    Set<String> changed = FieldPath.leaves(next);
    if (before != null) {
      changed.removeIf(path -> FieldPath.get(next, path).equals(FieldPath.get(before, path)));
    }
    fields.values().forEach(paths -> paths.removeAll(changed));
    fields.computeIfAbsent(manager + "-update", it -> new TreeSet<>()).addAll(changed);
  }

  /** The status is written through its subresource only, and nothing else is. */
  private static ObjectNode confined(ObjectNode before, ObjectNode next, String subresource) {
    ObjectNode result = (subresource.isEmpty() ? next : before).deepCopy();
    JsonNode status = (subresource.isEmpty() ? before : next).get("status");
    result.remove("status");
    if (status != null) {
      result.set("status", status.deepCopy());
    }
    for (String own : List.of("uid", "creationTimestamp", "generation", "deletionTimestamp")) {
      JsonNode value = before.path("metadata").get(own);
      if (value != null) {
        metadata(result).set(own, value);
      }
    }
    return result;
  }

  private ObjectNode replace(Key key, ObjectNode before, ObjectNode next) {
    metadata(next).set("resourceVersion", before.at("/metadata/resourceVersion"));
    admit(key, next, before);
    if (next.equals(before)) {
      return before;
    }
    if (!specOf(next).equals(specOf(before))) {
      metadata(next).put("generation", before.at("/metadata/generation").asLong() + 1);
    }
    if (next.at("/metadata/deletionTimestamp").isTextual()
        && next.at("/metadata/finalizers").isEmpty()) {
      return vanish(key, next);
    }
    return store(key, next, "MODIFIED");
  }

  private static ObjectNode specOf(ObjectNode object) {
    ObjectNode copy = object.deepCopy();
    copy.remove(List.of("metadata", "status"));
    return copy;
  }

  private static void admit(Key key, ObjectNode object, @Nullable ObjectNode before) {
    StructuralSchema schema = SCHEMAS.get(key.kind);
    if (schema != null) {
      schema.setDefaults(object);
      List<String> problems = schema.problems(object);
      if (!problems.isEmpty()) {
        throw new Refused(422, "Invalid", key.kind + " is invalid: " + problems);
      }
    }
    if (key.kind.equals("Deployment")) {
      if (before != null && !object.at("/spec/selector").equals(before.at("/spec/selector"))) {
        throw new Refused(422, "Invalid", "spec.selector: field is immutable");
      }
      ((ObjectNode) object.at("/spec/template/spec")).put("dnsPolicy", "ClusterFirst");
    }
    if (key.kind.equals("Service") && object.at("/spec/clusterIP").isMissingNode()) {
      ((ObjectNode) object.path("spec")).put("clusterIP", "10.0.0.1");
    }
  }

  void delete(Key key) {
    locked(
        () -> {
          ObjectNode object = get(key);
          if (object.at("/metadata/finalizers").isEmpty()) {
            return vanish(key, object);
          }
          if (object.at("/metadata/deletionTimestamp").isTextual()) {
            return object;
          }
          metadata(object).put("deletionTimestamp", "2026-01-01T00:00:00Z");
          metadata(object).put("generation", object.at("/metadata/generation").asLong() + 1);
          return store(key, object, "MODIFIED");
        });
  }

  /** And what belonged to it. */
  private ObjectNode vanish(Key key, ObjectNode object) {
    objects.remove(key);
    owners.remove(key);
    publish(key, object, "DELETED", object);
    String uid = object.at("/metadata/uid").asText();
    for (Map.Entry<Key, ObjectNode> other : new ArrayList<>(objects.entrySet())) {
      for (JsonNode owner : other.getValue().at("/metadata/ownerReferences")) {
        if (owner.path("uid").asText().equals(uid) && objects.containsKey(other.getKey())) {
          delete(other.getKey());
        }
      }
    }
    return object;
  }

  private ObjectNode store(Key key, ObjectNode object, String type) {
    ObjectNode before = objects.put(key, object);
    publish(key, object, type, before);
    return object.deepCopy();
  }

  private void publish(Key key, ObjectNode object, String type, @Nullable ObjectNode before) {
    metadata(object).put("resourceVersion", String.valueOf(++version));
    events.add(new Event(version, type, key, object.deepCopy(), before));
    written.signalAll();
  }

  static Key keyOf(ObjectNode object) {
    return new Key(
        object.path("kind").asText(),
        object.at("/metadata/namespace").asText("default"),
        object.at("/metadata/name").asText());
  }

  private static ObjectNode metadata(ObjectNode object) {
    return object.get("metadata") instanceof ObjectNode it ? it : object.putObject("metadata");
  }

  private static <T> T read(ObjectNode object, Class<T> type) {
    return Serialization.jsonMapper().convertValue(object, type);
  }

  static ArrayNode array() {
    return Serialization.jsonMapper().createArrayNode();
  }
}
