package org.spawnmesh.test.store;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.spawnmesh.store.InMemoryStateStore;
import org.spawnmesh.store.StateStore;

class InMemoryStateStoreTest extends StateStoreContract {

  private final Map<String, InMemoryStateStore> systems = new ConcurrentHashMap<>();

  @Override
  protected StateStore open(String actorSystem) {
    return systems.computeIfAbsent(actorSystem, name -> new InMemoryStateStore());
  }
}
