package org.spawnmesh.examples.polyglot;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** A node of the mesh with actors of its own, that is a proxy for hosts of other languages, too. */
@SpringBootApplication
public class PolyglotApplication {

  public static void main(String[] args) {
    SpringApplication.run(PolyglotApplication.class, args);
  }
}
