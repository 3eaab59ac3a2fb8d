package org.spawnmesh.spring.test.shop;

import org.springframework.stereotype.Service;

/** Has no place in a test of actors. */
@Service
class ConnectsToSomewhere {

  ConnectsToSomewhere() {
    throw new IllegalStateException("A test of actors must not start this");
  }
}
