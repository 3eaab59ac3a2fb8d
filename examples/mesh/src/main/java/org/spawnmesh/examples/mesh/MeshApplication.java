package org.spawnmesh.examples.mesh;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Starts one node. */
@SpringBootApplication
public class MeshApplication {

  public static void main(String[] args) {
    SpringApplication.run(MeshApplication.class, args);
  }
}
