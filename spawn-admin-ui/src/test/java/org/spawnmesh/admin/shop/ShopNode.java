package org.spawnmesh.admin.shop;

import java.util.concurrent.ThreadLocalRandom;
import org.spawnmesh.spring.Actors;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** One node of the shop, and a few customers that never rest. */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import({Cart.class, Stock.class, Mailer.class})
public class ShopNode {

  private static final String[] PRODUCTS = {"tea", "cup", "kettle", "honey"};

  public static void main(String[] args) throws InterruptedException {
    SpringApplication application = new SpringApplication(ShopNode.class);
    application.setWebApplicationType(WebApplicationType.NONE);
    ConfigurableApplicationContext context = application.run(args);
    if (context.getEnvironment().getProperty("shop.customers", Boolean.class, false)) {
      Thread.ofVirtual().start(() -> shop(context.getBean(Actors.class)));
    }
    Thread.currentThread().join();
  }

  private static void shop(Actors actors) {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    for (int i = 0; ; i++) {
      try {
        String customer = "customer-%03d".formatted((int) Math.abs(random.nextGaussian() * 60));
        actors
            .ref("Cart", customer)
            .ask(
                "add",
                new Cart.AddItem(PRODUCTS[random.nextInt(PRODUCTS.length)], 1, i % 9 == 0),
                Cart.Items.class);
        actors
            .ref("Mailer", "mailer")
            .ask("send", new Mailer.Mail(i % 40 == 0 ? "" : customer), Boolean.class);
        Thread.sleep(25);
      } catch (InterruptedException e) {
        return;
      } catch (RuntimeException e) {
        // a node is gone, or a mail had nobody to go to: customers come again
        Thread.onSpinWait();
      }
    }
  }
}
