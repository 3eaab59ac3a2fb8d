package org.spawnmesh.examples.first;

import java.util.Map;
import java.util.TreeMap;
import org.spawnmesh.spring.Action;
import org.spawnmesh.spring.Actor;
import org.spawnmesh.spring.ActorContext;
import org.spawnmesh.spring.Reply;

// tag::actor[]
@Actor
class Cart {

  record AddItem(String product, int quantity) {}

  record Items(Map<String, Integer> quantities) {}

  @Action
  Reply<Items> add(AddItem item, ActorContext<Items> cart) {
    var next = new TreeMap<>(cart.state().map(Items::quantities).orElse(Map.of()));
    next.merge(item.product(), item.quantity(), Integer::sum);
    return Reply.of(new Items(next)).state(new Items(next));
  }
}
// end::actor[]
