package org.spawnmesh.proxy;

import java.util.Arrays;
import java.util.List;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** A node of the mesh whose actors live in other processes; or, with "invoke", one call to it. */
@SpringBootApplication
public class ProxyApplication {

  public static void main(String[] args) {
    if (args.length > 0 && args[0].equals("invoke")) {
      List<String> options = Arrays.asList(args).subList(1, args.length);
      System.exit(new Invoke(System.getenv(), System.out, System.err).run(options));
    }
    SpringApplication.run(ProxyApplication.class, args);
  }
}
