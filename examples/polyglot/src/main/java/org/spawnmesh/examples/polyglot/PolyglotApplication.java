package org.spawnmesh.examples.polyglot;

import org.spawnmesh.proxy.ProxyApplication;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Import;

// tag::application[]
/** A node of the mesh with actors of its own, that is a proxy for hosts of other languages, too. */
@SpringBootApplication
@Import(ProxyApplication.class)
public class PolyglotApplication {

  public static void main(String[] args) {
    SpringApplication.run(PolyglotApplication.class, args);
  }
}
// end::application[]
