package org.spawnmesh.admin.shop;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.spawnmesh.spring.Actors;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/**
 * A node with ten thousand calls a second to a thousand actors. For each line that it reads it
 * writes one with the number of calls that were answered.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import({Cart.class, Stock.class, Mailer.class})
public class BusyNode {

  /** What its answers begin with; what else it writes is its log. */
  public static final String ANSWERED = "answered: ";

  private static final int CALLERS = 10;
  private static final int CARTS = 1_000;
  private static final int CALLS_A_ROUND = 10;
  private static final long ROUND_NANOS = 10_000_000;

  public static void main(String[] args) throws IOException {
    SpringApplication application = new SpringApplication(BusyNode.class);
    application.setWebApplicationType(WebApplicationType.NONE);
    Actors actors = application.run(args).getBean(Actors.class);
    for (int i = 0; i < CARTS; i++) {
      actors.ref("Cart", "customer-" + i).ask("add", new Cart.AddItem("tea", 1, false), Void.class);
    }
    LongAdder answered = new LongAdder();
    for (int i = 0; i < CALLERS; i++) {
      int caller = i;
      Thread.ofVirtual().start(() -> call(actors, caller, answered));
    }
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    while (in.readLine() != null) {
      System.out.println(ANSWERED + answered.sum());
    }
    System.exit(0);
  }

  /** Ten calls each ten milliseconds, whatever became of those before. */
  private static void call(Actors actors, int caller, LongAdder answered) {
    long due = System.nanoTime() + caller * ROUND_NANOS / CALLERS;
    for (int round = 0; ; round++) {
      LockSupport.parkNanos(due - System.nanoTime());
      due += ROUND_NANOS;
      for (int i = 0; i < CALLS_A_ROUND; i++) {
        int cart = (round * CALLERS * CALLS_A_ROUND + caller * CALLS_A_ROUND + i) % CARTS;
        actors.ref("Cart", "customer-" + cart).ask("size", Integer.class);
        answered.increment();
      }
    }
  }
}
