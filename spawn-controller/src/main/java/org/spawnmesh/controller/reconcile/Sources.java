package org.spawnmesh.controller.reconcile;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.client.CustomResource;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.processing.GroupVersionKind;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.spawnmesh.controller.desired.Labels;

/**
 * What is watched of the objects that the controller makes for resources of one kind.
 *
 * @param <P> that kind
 */
final class Sources<P extends CustomResource<?, ?>> {

  private final EventSourceContext<P> context;
  private final Predicate<Map<String, String>> which;
  private final String label;
  private final String kind;
  private final List<InformerEventSource<? extends HasMetadata, P>> owned = new ArrayList<>();
  private final List<EventSource<?, P>> all = new ArrayList<>();

  /**
   * @param which labels that objects for this kind have
   * @param label the one of them with the resource's name
   */
  Sources(EventSourceContext<P> context, Predicate<Map<String, String>> which, String label) {
    this.context = context;
    this.which = which;
    this.label = label;
    this.kind = HasMetadata.getKind(context.getPrimaryResourceClass());
  }

  /** Watches all that the controller made of these kinds. */
  @SafeVarargs
  final void own(Class<? extends HasMetadata>... kinds) {
    for (Class<? extends HasMetadata> kind : kinds) {
      owned.add(labelled(kind));
    }
    all.clear();
    all.addAll(owned);
  }

  /** As {@link #own}, for a kind that not every cluster has. */
  void ownIfKnown(String apiVersion, String kind) {
    if (!context.getClient().supports(apiVersion, kind)) {
      return;
    }
    String[] groupAndVersion = apiVersion.split("/");
    InformerEventSource<GenericKubernetesResource, P> source =
        new InformerEventSource<>(
            InformerEventSourceConfiguration.from(
                    new GroupVersionKind(groupAndVersion[0], groupAndVersion[1], kind),
                    context.getPrimaryResourceClass())
                .withName(kind)
                .withLabelSelector(Labels.MANAGED)
                .withSecondaryToPrimaryMapper(this::primary)
                .build(),
            context);
    owned.add(source);
    all.add(source);
  }

  /** Watches objects with the label that are not among those that are owned. */
  <R extends HasMetadata> InformerEventSource<R, P> watch(Class<R> kind) {
    InformerEventSource<R, P> source = labelled(kind);
    all.add(source);
    return source;
  }

  void add(EventSource<?, P> source) {
    all.add(source);
  }

  private <R extends HasMetadata> InformerEventSource<R, P> labelled(Class<R> kind) {
    return new InformerEventSource<>(
        InformerEventSourceConfiguration.from(kind, context.getPrimaryResourceClass())
            .withLabelSelector(Labels.MANAGED)
            .withSecondaryToPrimaryMapper(this::primary)
            .build(),
        context);
  }

  /**
   * Whose object it is, by its label and by its owner: the label alone might be what somebody has
   * changed, and then nobody would hear of it.
   */
  private Set<ResourceID> primary(HasMetadata object) {
    Set<ResourceID> primaries = new HashSet<>();
    String namespace = object.getMetadata().getNamespace();
    Map<String, String> labels =
        Optional.ofNullable(object.getMetadata().getLabels()).orElse(Map.of());
    String name = labels.get(label);
    if (name != null && which.test(labels)) {
      primaries.add(new ResourceID(name, namespace));
    }
    for (OwnerReference owner : object.getMetadata().getOwnerReferences()) {
      if (owner.getKind().equals(kind)) {
        primaries.add(new ResourceID(owner.getName(), namespace));
      }
    }
    return primaries;
  }

  List<EventSource<?, P>> all() {
    return all;
  }

  /** What is there for this resource, as far as the watches have told. */
  List<HasMetadata> owned(P resource) {
    List<HasMetadata> objects = new ArrayList<>();
    owned.forEach(source -> objects.addAll(source.getSecondaryResources(resource)));
    return objects;
  }
}
