package org.spawnmesh.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.options.AriaRole;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.spawnmesh.admin.shop.ChildJvm;
import org.spawnmesh.admin.shop.EmbeddedShop;
import org.spawnmesh.admin.shop.ShopNode;

/**
 * How long the first reader waits in a real browser: each time the server has just said that it has
 * started, and the browser has nothing in its cache. A measurement, made when asked for: {@code
 * -Dspawn.measure=true}.
 */
@EnabledIfSystemProperty(named = "spawn.measure", matches = "true")
class FirstPageIT {

  private static final Logger log = LoggerFactory.getLogger(FirstPageIT.class);

  private static final int RUNS = Integer.getInteger("spawn.measure.runs", 7);
  private static final String TOKEN = "the-token-of-the-shop";

  /** When the figures of the overview stand on the page. */
  private static final String SEEN =
      """
      new MutationObserver((changes, observer) => {
        if (document.querySelector('.tile b')) {
          window.seen = performance.now();
          observer.disconnect();
        }
      }).observe(document, { childList: true, subtree: true });
      """;

  @TempDir private Path folder;

  /**
   * From the start of the navigation, in milliseconds: until one can log in, and until one sees.
   */
  private record Waited(double login, double overview) {}

  @Test
  void theProgram() throws Exception {
    int node = ChildJvm.freePort();
    Process shop =
        ChildJvm.start(
            ChildJvm.java(),
            ChildJvm.main(ShopNode.class),
            Map.of(
                "spring.application.name",
                "shop",
                "spawn.management.port",
                Integer.toString(node),
                "spawn.management.token",
                TOKEN),
            folder.resolve("node.log"));
    try {
      awaitStart(shop, folder.resolve("node.log"));
      measure(
          "the program",
          List.of("-jar", "target/spawn-admin-ui.jar"),
          "/",
          Map.of("spawn.admin.nodes", "http://127.0.0.1:" + node, "spawn.admin.token", TOKEN));
    } finally {
      shop.destroyForcibly().waitFor();
    }
  }

  @Test
  void anApplicationThatHasTheConsole() throws Exception {
    measure(
        "an application with the console",
        ChildJvm.main(EmbeddedShop.class),
        "/console/",
        Map.of("spring.application.name", "shop"));
  }

  private void measure(String what, List<String> program, String path, Map<String, String> more)
      throws Exception {
    List<Waited> all = new ArrayList<>();
    try (Playwright playwright =
            Playwright.create(
                new Playwright.CreateOptions()
                    .setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        Browser browser =
            playwright
                .chromium()
                .launch(
                    new BrowserType.LaunchOptions()
                        .setExecutablePath(ConsoleIT.CHROMIUM)
                        .setArgs(ConsoleIT.FLAGS))) {
      browser.newContext().newPage().navigate("about:blank"); // the browser itself is awake
      for (int i = 0; i < RUNS; i++) {
        int port = ChildJvm.freePort();
        Map<String, String> settings = new HashMap<>(more);
        settings.put("server.port", Integer.toString(port));
        settings.put("spawn.admin.users[0].name", "ada");
        settings.put("spawn.admin.users[0].password", "secret");
        settings.put("spawn.admin.users[0].roles", "ADMIN");
        Process server =
            ChildJvm.start(ChildJvm.java(), program, settings, folder.resolve(i + ".log"));
        try (BrowserContext window = browser.newContext()) {
          window.addInitScript(SEEN);
          awaitStart(server, folder.resolve(i + ".log"));
          all.add(visit(window.newPage(), "http://127.0.0.1:" + port + path));
          log.info("{}: {}", what, all.getLast());
        } finally {
          server.destroyForcibly().waitFor();
        }
      }
    }
    double login = all.stream().mapToDouble(Waited::login).sorted().toArray()[RUNS / 2];
    double overview = all.stream().mapToDouble(Waited::overview).sorted().toArray()[RUNS / 2];
    log.info(
        "{}, just started: median of {} runs {} ms until one can log in, and {} ms from there to"
            + " the overview",
        what,
        RUNS,
        Math.round(login),
        Math.round(overview));
    assertThat(login).isLessThan(1_000);
    assertThat(overview).isLessThan(1_000);
  }

  private static Waited visit(Page page, String address) {
    page.navigate(address);
    Number login =
        (Number) page.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd");
    page.getByLabel("Name").fill("ada");
    page.getByLabel("Password").fill("secret");
    page.getByRole(AriaRole.BUTTON).click();
    page.locator(".tile b").first().waitFor();
    Number overview = (Number) page.evaluate("seen");
    return new Waited(login.doubleValue(), overview.doubleValue());
  }

  /** Until it says that it has started. */
  private static void awaitStart(Process server, Path log) throws Exception {
    while (!Files.readString(log).contains(" Started ")) {
      if (!server.isAlive()) {
        throw new IllegalStateException("The server has ended: " + Files.readString(log));
      }
      TimeUnit.MILLISECONDS.sleep(5); // another process: there is no event to wait for
    }
  }
}
