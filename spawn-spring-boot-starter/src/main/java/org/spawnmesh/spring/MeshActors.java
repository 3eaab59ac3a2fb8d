package org.spawnmesh.spring;

import org.jspecify.annotations.Nullable;
import org.spawnmesh.host.HostCall;

/** The {@link Actors} of a node. */
final class MeshActors implements Actors {

  private final Mesh mesh;
  private final Clients clients;

  MeshActors(Mesh mesh) {
    this.mesh = mesh;
    this.clients = new Clients(mesh);
  }

  @Override
  public MeshActorRef ref(String type, String name) {
    return new MeshActorRef(mesh, mesh.id(type, name));
  }

  @Override
  public <C> C client(Class<C> client, String type, String name) {
    return clients.create(client, ref(type, name));
  }

  @Override
  public <C> C client(Class<C> client, ActorRef ref) {
    return clients.create(client, (MeshActorRef) ref);
  }

  /** A ref that calls in the name of {@code origin}. */
  MeshActorRef ref(String type, String name, HostCall origin) {
    return ref(type, name).inNameOf(origin);
  }

  <C> C client(Class<C> client, String type, String name, @Nullable HostCall origin) {
    return clients.create(client, ref(type, name).inNameOf(origin));
  }
}
