package org.spawnmesh.admin.shop;

import org.spawnmesh.actor.Kind;
import org.spawnmesh.spring.Action;
import org.spawnmesh.spring.Actor;

/** Has no state; some addresses it does not like. */
@Actor(kind = Kind.POOLED)
class Mailer {

  record Mail(String to) {}

  @Action
  boolean send(Mail mail) {
    if (mail.to().isBlank()) {
      throw new IllegalArgumentException("nobody to send it to");
    }
    return true;
  }
}
