package org.spawnmesh.admin;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.spawnmesh.admin.DeploymentsTest.CART;
import static org.spawnmesh.admin.DeploymentsTest.SHOP;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.spawnmesh.admin.shop.LocalShop;

/**
 * Every page in a real browser, before a mesh of three processes. The tests share the mesh, and the
 * last ones take it apart; each uses actors of its own.
 *
 * <p>With {@code -Dspawn.screenshots=<folder>} it also takes the pictures of the documentation.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ConsoleIT {

  static final Path CHROMIUM = Path.of("/usr/bin/chromium");
  private static final Path AXE =
      Path.of("src/main/frontend/node_modules/axe-core/axe.min.js").toAbsolutePath();
  static final List<String> FLAGS =
      List.of(
          "--no-sandbox",
          "--disable-gpu",
          "--disable-quic",
          "--no-first-run",
          "--disable-background-networking",
          "--disable-component-update",
          "--disable-sync");
  private static final double PATIENCE_MILLIS = 60_000;

  private static LocalShop shop;
  private static FakeKubernetes cluster;
  private static Playwright playwright;
  private static Browser browser;
  private BrowserContext window;

  @BeforeAll
  static void open() throws Exception {
    assumeTrue(Files.exists(CHROMIUM), "There is no " + CHROMIUM + "; .ci/run installs it");
    assumeTrue(
        ConsoleIT.class.getResource("dist/index.html") != null,
        "The pages are not built; that needs Node 20 or newer");
    cluster = cluster();
    shop =
        new LocalShop(
            Files.createDirectories(Path.of("target/shop-" + System.nanoTime())),
            Map.of(
                "spawn.admin.kubernetes.enabled",
                "true",
                "spawn.admin.kubernetes.url",
                cluster.url(),
                "spawn.admin.kubernetes.token",
                FakeKubernetes.TOKEN));
    playwright =
        Playwright.create(
            new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
    browser =
        playwright
            .chromium()
            .launch(new BrowserType.LaunchOptions().setExecutablePath(CHROMIUM).setArgs(FLAGS));
    PlaywrightAssertions.setDefaultAssertionTimeout(PATIENCE_MILLIS);
    // somebody looks all the while, so that the pictures have no gaps
    logIn(browser.newContext(), "viewer");
  }

  @AfterAll
  static void close() throws Exception {
    if (playwright != null) {
      playwright.close();
    }
    if (shop != null) {
      shop.close();
    }
    if (cluster != null) {
      cluster.close();
    }
  }

  /** A shop whose cart has trouble with one of its two pods. */
  private static FakeKubernetes cluster() throws IOException {
    FakeKubernetes made = new FakeKubernetes();
    made.put("/apis/spawn-eigr.io/v1/namespaces/live/actorsystems/shop", SHOP);
    made.put("/apis/spawn-eigr.io/v1/namespaces/live/actorhosts/cart", CART);
    made.put("/api/v1/namespaces/live/pods/cart-5d9c-x7k2p", pod("cart-5d9c-x7k2p", ""));
    made.put(
        "/api/v1/namespaces/live/pods/cart-5d9c-b41ns", pod("cart-5d9c-b41ns", "ImagePullBackOff"));
    made.put(
        "/api/v1/namespaces/live/events/pulling",
        """
        involvedObject: {kind: Pod, name: cart-5d9c-b41ns}
        type: Warning
        reason: Failed
        message: 'Failed to pull image "shop/cart:1": not found'
        count: 4
        lastTimestamp: "2026-03-01T08:33:00Z"
        """);
    return made;
  }

  private static String pod(String name, String waiting) {
    return """
    metadata:
      name: %s
      labels: {spawn-eigr.io/actor-host: cart, spawn-eigr.io/actor-system: shop}
    status:
      phase: %s
      startTime: "2026-03-01T08:30:05Z"
      containerStatuses:
      - {ready: %b, restartCount: 0, state: {waiting: {reason: "%s"}}}
    """
        .formatted(name, waiting.isEmpty() ? "Running" : "Pending", waiting.isEmpty(), waiting);
  }

  @AfterEach
  void closeWindow() {
    if (window != null) {
      window.close();
    }
  }

  private Page logIn(String user) {
    return logIn(user, 1280, 860, ColorScheme.LIGHT);
  }

  private Page logIn(String user, int width, int height, ColorScheme colours) {
    window =
        browser.newContext(
            new Browser.NewContextOptions()
                .setViewportSize(width, height)
                .setColorScheme(colours)
                .setLocale("en-GB")
                .setTimezoneId("Europe/Berlin"));
    return logIn(window, user);
  }

  private static Page logIn(BrowserContext window, String user) {
    window.setDefaultTimeout(PATIENCE_MILLIS);
    window.onRequest(
        request ->
            assertThat(request.url())
                .as("no request leaves the origin")
                .matches("(" + Pattern.quote(shop.consoleAddress()) + "|data:).*"));
    Page page = window.newPage();
    page.navigate(shop.consoleAddress());
    page.getByLabel("Name").fill(user);
    page.getByLabel("Password").fill(user + "-password");
    page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Log in")).click();
    assertThat(heading(page, "Overview")).isVisible();
    assertThat(page.getByText("live", new Page.GetByTextOptions().setExact(true))).isVisible();
    return page;
  }

  private static Locator heading(Page page, String text) {
    return page.getByRole(
        AriaRole.HEADING, new Page.GetByRoleOptions().setName(text).setExact(true).setLevel(1));
  }

  private static Locator button(Page page, String name) {
    return page.getByRole(
        AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
  }

  private static void goTo(Page page, String name) {
    page.getByRole(AriaRole.NAVIGATION, new Page.GetByRoleOptions().setName("Pages"))
        .getByRole(AriaRole.LINK, new Locator.GetByRoleOptions().setName(name))
        .click();
    assertThat(heading(page, name)).isVisible();
  }

  private static void openActor(Page page, String type, String name) {
    page.navigate(shop.consoleAddress() + "actor?system=shop&type=" + type + "&name=" + name);
    assertThat(heading(page, name)).isVisible();
  }

  private static void invokeAdd(Page page, String product, int quantity) {
    page.getByLabel("product").fill(product);
    page.getByLabel("quantity").fill(Integer.toString(quantity));
    button(page, "Invoke add").click();
  }

  private static void pause(Page page) {
    button(page, "Pause").click();
    page.getByRole(AriaRole.DIALOG)
        .getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName("Pause"))
        .click();
    assertThat(button(page, "Resume")).isVisible();
  }

  // ---- the tests: each can be run alone ----

  @Test
  @Order(1)
  void aWrongPasswordIsRefusedAndSaysNothingMore() {
    window = browser.newContext();
    Page page = window.newPage();
    page.navigate(shop.consoleAddress() + "mesh");
    page.getByLabel("Name").fill("admin");
    page.getByLabel("Password").fill("wrong");
    page.getByRole(AriaRole.BUTTON).click();
    assertThat(page.getByRole(AriaRole.ALERT)).hasText("That name and password do not fit.");
    assertAccessible(page);
  }

  @Test
  @Order(2)
  void theOverviewShowsTheMeshAtWork() {
    Page page = logIn("viewer");
    assertThat(page.getByText("all 3 nodes answer")).isVisible();
    assertThat(page.getByText("3 of 3 answer")).isVisible();
    assertThat(page.locator(".tile b").first()).not().hasText("0");
    assertThat(
            page.getByRole(AriaRole.REGION, new Page.GetByRoleOptions().setName("Actor types"))
                .first())
        .containsText("Cart");
  }

  @Test
  @Order(3)
  void anActorIsFoundInvokedComparedAndRestored() {
    Page page = logIn("operator");
    openActor(page, "Cart", "the-test");
    invokeAdd(page, "tea", 2);
    assertThat(page.getByText("\"tea\": 2").first()).isVisible();
    invokeAdd(page, "cup", 5);
    assertThat(page.locator(".diff .added").first()).containsText("cup");
    assertThat(page.getByText("NOBODY-MAY-SEE-THIS")).hasCount(0);
    assertThat(page.getByText("•••").first()).isVisible();

    page.locator(".revisions button.plain").nth(1).click();
    button(page, "Restore revision 1").click();
    page.getByRole(AriaRole.DIALOG)
        .getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName("Restore"))
        .click();
    assertThat(page.locator(".revisions li").first()).containsText("restore 1");
    assertThat(page.getByLabel("State", new Page.GetByLabelOptions().setExact(true)).last())
        .not()
        .containsText("cup");

    goTo(page, "Actors");
    page.getByLabel("Name begins with").fill("the-t");
    assertThat(page.getByRole(AriaRole.ROW)).hasCount(2);
    page.getByLabel("Tag", new Page.GetByLabelOptions().setExact(true)).fill("wants=nothing");
    assertThat(page.getByText("No actor looked at has such a tag.")).isVisible();
    page.getByLabel("Tag", new Page.GetByLabelOptions().setExact(true)).fill("wants=tea");
    assertThat(page.getByRole(AriaRole.ROW)).hasCount(2);
    page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("the-test")).click();
    assertThat(heading(page, "the-test")).isVisible();
  }

  @Test
  @Order(4)
  void aMistakeOfAnActionIsShownWithWhatBecameOfIt() {
    Page page = logIn("operator");
    openActor(page, "Cart", "the-mistake");
    invokeAdd(page, "tea", -1);
    assertThat(page.getByText("SP3001 ACTION_FAILED")).isVisible();
    assertThat(page.getByText("It ran and left the state as it was.")).isVisible();
  }

  @Test
  @Order(5)
  void aPausedActorRefusesCallsUntilItIsResumed() {
    Page page = logIn("operator");
    openActor(page, "Cart", "to-be-paused");
    invokeAdd(page, "tea", 1);
    assertThat(page.getByText("\"tea\": 1").first()).isVisible();
    pause(page);
    invokeAdd(page, "tea", 1);
    // the page itself may have noticed the pause, too, and says more about it
    assertThat(page.getByText("SP2010 ACTOR_PAUSED", new Page.GetByTextOptions().setExact(true)))
        .isVisible();

    // who is paused is found without his name
    page.navigate(shop.consoleAddress() + "actors?system=shop&type=Cart&in=memory");
    assertThat(row(page, "customer-").first()).isVisible();
    page.locator(".choice select").first().selectOption("paused");
    assertThat(row(page, "to-be-paused")).containsText("paused by operator");
    assertThat(page.locator("tbody tr")).hasCount(1);
    page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("to-be-paused")).click();
    button(page, "Resume").click();
    assertThat(button(page, "Pause")).isVisible();
    invokeAdd(page, "tea", 1);
    assertThat(page.getByText("\"tea\": 2").first()).isVisible();
  }

  @Test
  @Order(6)
  void aViewerSeesNoStateAndChangesNothing() {
    Page page = logIn("operator");
    openActor(page, "Cart", "not-for-viewers");
    invokeAdd(page, "tea", 1);
    assertThat(page.getByText("\"tea\": 1").first()).isVisible();
    window.close();

    page = logIn("viewer");
    openActor(page, "Cart", "not-for-viewers");
    assertThat(page.getByText("States are hidden from viewers.").first()).isVisible();
    assertThat(button(page, "Pause")).hasCount(0);
    assertThat(page.locator("form.invoke")).hasCount(0);
    // nor by going round the page
    Object status =
        page.evaluate(
            """
            async () => {
              const me = await (await fetch('api/me')).json();
              const change = (path, body) => fetch(path, {
                method: 'POST', body: JSON.stringify(body),
                headers: { 'Content-Type': 'application/json', [me.csrfHeader]: me.csrfToken } });
              const of = { system: 'shop', type: 'Cart', name: 'not-for-viewers' };
              return [
                (await change('api/actor', { ...of, operation: 'pause' })).status,
                (await change('api/node', { system: 'shop', address: 'x', operation: 'drain' })).status,
                (await fetch('api/audit')).status,
              ].join(' ');
            }\
            """);
    assertThat(status).isEqualTo("403 403 403");
    goTo(page, "Audit");
    assertThat(page.getByText("The audit is for admins.")).isVisible();
    goTo(page, "Mesh");
    assertThat(page.locator(".squares").first()).isVisible();
    assertThat(button(page, "Drain")).hasCount(0);
  }

  @Test
  @Order(7)
  void nothingIsChangedWithoutTheTokenOfThePage() {
    Page page = logIn("admin");
    Object status =
        page.evaluate(
            "async () => (await fetch('api/actor', { method: 'POST', body: '{}', headers:"
                + " {'Content-Type': 'application/json'} })).status");
    assertThat(status).isEqualTo(403);
  }

  @Test
  @Order(8)
  void theAuditNamesWhoDidWhat() {
    Page page = logIn("operator");
    openActor(page, "Cart", "to-be-audited");
    invokeAdd(page, "tea", 1);
    assertThat(page.getByText("\"tea\": 1").first()).isVisible();
    pause(page);
    window.close();

    page = logIn("admin");
    goTo(page, "Audit");
    assertThat(page.getByText("The chain of hashes is intact.")).isVisible();
    Locator pause =
        page.getByRole(AriaRole.ROW)
            .filter(
                new Locator.FilterOptions()
                    .setHas(
                        page.getByRole(
                            AriaRole.CELL,
                            new Page.GetByRoleOptions().setName(Pattern.compile("^pause\\b")))))
            .filter(new Locator.FilterOptions().setHasText("to-be-audited"))
            .first();
    assertThat(pause).containsText("operator");
    assertThat(pause).containsText("done");
  }

  @Test
  @Order(9)
  void callsAreSeenAsTheyHappen() {
    Page page = logIn("viewer");
    goTo(page, "Live calls");
    assertThat(page.locator(".box")).not().hasCount(0);
    assertThat(page.getByText("Busiest actors")).isVisible();
    assertThat(page.locator(".box").filter(new Locator.FilterOptions().setHasText("Cart")))
        .hasCount(1);
    chain(page, "Cart/");
    Locator lines = page.locator(".waterfall li");
    assertThat(lines.first()).containsText("Cart/");
    assertThat(lines.first()).containsText("at node-");
    assertThat(lines.filter(new Locator.FilterOptions().setHasText("Stock/")).first())
        .containsText("at node-");
    assertThat(page).hasURL(Pattern.compile(".*chain=[0-9a-f]{32}.*"));
    page.getByText("Close", new Page.GetByTextOptions().setExact(true)).click();
    assertThat(page.locator(".waterfall")).hasCount(0);
  }

  /** Opens one of the slowest calls that did not fail. */
  private static void chain(Page page, String actor) {
    page.locator(".chains li:not(:has(em)) a")
        .filter(new Locator.FilterOptions().setHasText(actor))
        .filter(new Locator.FilterOptions().setHasText(".add"))
        .first()
        .click();
    page.locator(".waterfall li").first().waitFor();
  }

  private static void order(Page page, String cart, String product) {
    openActor(page, "Cart", cart);
    page.locator("form.invoke select").first().selectOption("order");
    page.getByLabel("Payload as JSON").fill('"' + product + '"');
    button(page, "Invoke order").click();
    assertThat(page.getByText("It answered nothing.")).isVisible();
  }

  private static Locator row(Page page, String text) {
    return page.locator("tbody tr").filter(new Locator.FilterOptions().setHasText(text));
  }

  private static void confirm(Page page, String operation) {
    button(page, operation).first().click();
    page.getByRole(AriaRole.DIALOG)
        .getByRole(
            AriaRole.BUTTON, new Locator.GetByRoleOptions().setName(operation).setExact(true))
        .click();
  }

  @Test
  @Order(10)
  void aDeadLetterIsRetriedAndAReminderCancelled() {
    Page page = logIn("operator");
    order(page, "the-order", "unicorn");
    assertThat(row(page, "Stock/unicorn.send")).containsText("there never was any");
    assertThat(row(page, "look again")).isVisible();
    openActor(page, "Cart", "another");
    invokeAdd(page, "unicorn", 1);
    assertThat(page.getByText("\"unicorn\": 1").first()).isVisible();

    goTo(page, "Dead letters, reminders");
    assertThat(row(page, "the-order")).containsText("SP3001");
    // what is typed is asked for a moment later, and nothing of the list before stays chosen
    page.navigate(shop.consoleAddress() + "agenda?system=shop&type=Cart&prefix=the-o");
    Locator letter = row(page, "the-order");
    letter.getByRole(AriaRole.CHECKBOX).check();
    button(page, "Retry").click();
    assertThat(page.getByRole(AriaRole.DIALOG)).containsText("Stock/unicorn.send");
    button(page, "Do nothing").click();
    assertThat(letter).isVisible();
    confirm(page, "Retry");
    assertThat(page.getByText("No dead letter here")).isVisible();
    openActor(page, "Stock", "unicorn");
    assertThat(page.getByText("\"pieces\": 999998").first()).isVisible();

    page.navigate(
        shop.consoleAddress() + "agenda?system=shop&type=Cart&show=reminders&prefix=the-o");
    row(page, "look again").getByRole(AriaRole.CHECKBOX).check();
    confirm(page, "Cancel");
    assertThat(page.getByText("No reminder here")).isVisible();
  }

  @Test
  @Order(11)
  void aViewerSeesDeadLettersAndRemindersAndChangesNone() {
    Page page = logIn("operator");
    order(page, "left-alone", "dragon");
    assertThat(row(page, "Stock/dragon.send")).isVisible();
    window.close();

    page = logIn("viewer");
    goTo(page, "Dead letters, reminders");
    assertThat(row(page, "left-alone")).isVisible();
    assertThat(page.getByRole(AriaRole.CHECKBOX)).hasCount(0);
    assertThat(button(page, "Retry")).hasCount(0);
    Object status =
        page.evaluate(
            """
            async () => {
              const me = await (await fetch('api/me')).json();
              return (await fetch('api/agenda', {
                method: 'POST',
                body: JSON.stringify({ system: 'shop', type: 'Cart', part: 'dead-letters', operation: 'drop',
                  rows: [{ name: 'left-alone', sequence: 1 }], preview: false }),
                headers: { 'Content-Type': 'application/json', [me.csrfHeader]: me.csrfToken } })).status;
            }\
            """);
    assertThat(status).isEqualTo(403);
    window.close();

    page = logIn("admin");
    goTo(page, "Audit");
    assertThat(row(page, "retry dead-letters")).containsText("the-order#");
    assertThat(row(page, "cancel reminders")).containsText("the-order/look again");
    assertThat(row(page, "drop dead-letters")).hasCount(0);
  }

  @Test
  @Order(12)
  void everyPageIsAccessibleInBothColoursAndOnAPhone() throws IOException {
    Page shopping = logIn("operator");
    openActor(shopping, "Cart", "anna");
    invokeAdd(shopping, "tea", 2);
    assertThat(shopping.getByText("\"tea\": 2").first()).isVisible();
    invokeAdd(shopping, "cup", 5);
    assertThat(shopping.locator(".diff .added").first()).containsText("cup");
    order(shopping, "berta", "dragon");
    assertThat(row(shopping, "Stock/dragon.send")).isVisible();
    window.close();
    for (ColorScheme colours : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
      for (int width : new int[] {1280, 360}) {
        Page page = logIn("admin", width, width == 360 ? 780 : 860, colours);
        String look =
            (width == 360 ? "phone-" : "desktop-")
                + colours.name().toLowerCase(java.util.Locale.ROOT);
        page.locator(".u-wrap").first().waitFor();
        show(page, "overview", look);
        goTo(page, "Actors");
        page.locator("tbody tr").nth(3).waitFor();
        show(page, "actors", look);
        openActor(page, "Cart", "anna");
        page.locator(".diff").waitFor();
        page.locator("form.invoke select").waitFor();
        show(page, "actor", look);
        goTo(page, "Mesh");
        page.locator(".squares").first().waitFor();
        show(page, "mesh", look);
        goTo(page, "Live calls");
        page.locator(".box").first().waitFor();
        show(page, "live", look);
        chain(page, "Cart/");
        show(page, "live-chain", look);
        goTo(page, "Dead letters, reminders");
        row(page, "berta").waitFor();
        show(page, "dead-letters", look);
        row(page, "berta").getByRole(AriaRole.CHECKBOX).check();
        button(page, "Drop").click();
        page.getByRole(AriaRole.DIALOG).waitFor();
        assertAccessible(page);
        button(page, "Do nothing").click();
        page.getByRole(
                AriaRole.LINK, new Page.GetByRoleOptions().setName("Reminders").setExact(true))
            .click();
        row(page, "berta").filter(new Locator.FilterOptions().setHasText("look again")).waitFor();
        show(page, "reminders", look);
        openActor(page, "Cart", "berta");
        row(page, "look again").waitFor();
        show(page, "actor-agenda", look);
        goTo(page, "Deployments");
        row(page, "cart").waitFor();
        show(page, "deployments", look);
        openHost(page, "cart");
        row(page, "ImagePullBackOff").waitFor();
        show(page, "deployment", look);
        button(page, "Edit").click();
        page.getByLabel("image (required)").waitFor();
        show(page, "deployment-form", look);
        button(page, "YAML").click();
        page.getByLabel("YAML").waitFor();
        assertAccessible(page);
        goTo(page, "Audit");
        page.locator("tbody tr").first().waitFor();
        show(page, "audit", look);
        window.close();
      }
    }
  }

  private static void openHost(Page page, String name) {
    page.navigate(shop.consoleAddress() + "deployment?kind=ActorHost&namespace=live&name=" + name);
    assertThat(heading(page, name)).isVisible();
  }

  @Test
  @Order(13)
  void anOperatorScalesAHostAndSeesWhatHoldsItUp() {
    Page page = logIn("operator");
    goTo(page, "Deployments");
    assertThat(row(page, "cart")).containsText("PodsNotReady");
    row(page, "cart").getByRole(AriaRole.LINK).click();
    assertThat(row(page, "cart-5d9c-b41ns").first()).containsText("ImagePullBackOff");
    assertThat(row(page, "Failed to pull image")).containsText("4 times");
    assertThat(button(page, "Edit")).hasCount(0);
    page.getByLabel("Pods wanted").fill("3");
    confirm(page, "Scale");
    assertThat(page.getByText("1 of 3 ready")).isVisible();
    window.close();

    page = logIn("admin");
    goTo(page, "Audit");
    assertThat(row(page, "scale").first()).containsText("replicas 3");
  }

  @Test
  @Order(14)
  void anAdminCreatesEditsAndDeletesAHost() {
    Page page = logIn("admin");
    goTo(page, "Deployments");
    page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("Create ActorHost")).click();
    page.getByLabel("Name (required)").fill("mail");
    page.getByLabel("Namespace").fill("live");
    page.getByLabel("Actor system").fill("shop");
    page.getByLabel("replicas").fill("-1");
    button(page, "Create ActorHost").click();
    // what is wrong is told at its field
    assertThat(page.getByText("2 fields are wrong")).isVisible();
    assertThat(page.getByLabel("replicas")).hasAttribute("aria-invalid", "true");
    assertThat(page.locator("fieldset").filter(new Locator.FilterOptions().setHasText("image")))
        .containsText("Required value");
    page.getByLabel("replicas").fill("2");
    page.getByLabel("image (required)").fill("shop/mail:1");
    button(page, "Create ActorHost").click();
    assertThat(heading(page, "mail")).isVisible();
    assertThat(page.getByText("0 of 2 ready")).isVisible();

    button(page, "Edit").click();
    button(page, "YAML").click();
    Locator yaml = page.getByLabel("YAML");
    String written = yaml.inputValue();
    yaml.fill(written.replace("replicas", "replica"));
    button(page, "Save").click();
    assertThat(page.getByRole(AriaRole.ALERT)).containsText("spec.replica There is no such field");
    yaml.fill(written.replace("mail:1", "mail:2"));
    button(page, "Check").click();
    assertThat(page.getByText("Kubernetes would accept this.")).isVisible();
    button(page, "Form").click();
    assertThat(page.getByLabel("image (required)")).hasValue("shop/mail:2");
    button(page, "Save").click();
    assertThat(page.getByText("image: shop/mail:2")).isVisible();

    button(page, "Delete").click();
    Locator dialog = page.getByRole(AriaRole.DIALOG);
    Locator delete =
        dialog.getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName("Delete"));
    assertThat(delete).isDisabled();
    dialog.getByRole(AriaRole.TEXTBOX).fill("mail");
    delete.click();
    assertThat(heading(page, "Deployments")).isVisible();
    assertThat(row(page, "cart")).isVisible();
    assertThat(row(page, "mail")).hasCount(0);

    goTo(page, "Audit");
    assertThat(row(page, "ActorHost live/mail").first()).containsText("delete");
  }

  @Test
  @Order(15)
  void aViewerReadsDeploymentsAndChangesNone() {
    Page page = logIn("viewer");
    goTo(page, "Deployments");
    assertThat(row(page, "cart")).isVisible();
    assertThat(
            page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("Create ActorHost")))
        .hasCount(0);
    openHost(page, "cart");
    assertThat(page.getByText("image: shop/cart:1")).isVisible();
    assertThat(page.getByText("value: secret")).hasCount(0);
    assertThat(page.getByLabel("Pods wanted")).hasCount(0);
    Object status =
        page.evaluate(
            """
            async () => {
              const me = await (await fetch('api/me')).json();
              return (await fetch('api/deployments', {
                method: 'POST',
                body: JSON.stringify({ operation: 'scale', kind: 'ActorHost', namespace: 'live', name: 'cart',
                  replicas: 0, trial: false }),
                headers: { 'Content-Type': 'application/json', [me.csrfHeader]: me.csrfToken } })).status;
            }\
            """);
    assertThat(status).isEqualTo(403);
  }

  @Test
  @Order(16)
  void whatIsLongFitsAPhone() {
    String name = "x".repeat(200);
    Page page = logIn("admin", 360, 780, ColorScheme.LIGHT);
    openActor(page, "Cart", name);
    invokeAdd(page, name, 1);
    assertThat(page.locator(".revisions li").first()).isVisible();
    order(page, name, "griffin");
    assertThat(row(page, "Stock/griffin.send")).isVisible();
    assertFits(page, "an actor");
    for (String list :
        List.of(
            "actors?system=shop&", "agenda?system=shop&", "agenda?system=shop&show=reminders&")) {
      page.navigate(shop.consoleAddress() + list + "type=Cart&prefix=xxx");
      row(page, name).first().waitFor();
      assertFits(page, list);
    }
    goTo(page, "Audit");
    page.locator("tbody tr").first().waitFor();
    assertFits(page, "the audit");

    // a chain whose beginning the nodes have forgotten, and one whose names are long
    String forgotten =
        """
        {"name": "4bf92f3577b34da6a3ce929d0e0e4736", "steps": [
          {"chain": "4bf92f3577b34da6a3ce929d0e0e4736", "step": "1", "parent": "0", "kind": "call",
           "actor": "Cart/%1$s", "action": "%1$s", "caller": null, "atMicros": 1, "micros": 70000000, "code": "SP3001"},
          {"chain": "4bf92f3577b34da6a3ce929d0e0e4736", "step": "2", "parent": "1", "kind": "turn",
           "actor": "Cart/%1$s", "action": "%1$s", "caller": null, "atMicros": 2, "micros": 69999999, "code": null,
           "node": "%1$s"}]}
        """;
    page.route(
        "**/api/chain*",
        route ->
            route.fulfill(
                new com.microsoft.playwright.Route.FulfillOptions()
                    .setContentType("application/json")
                    .setBody(forgotten.formatted(name))));
    page.navigate(
        shop.consoleAddress() + "live?system=shop&chain=4bf92f3577b34da6a3ce929d0e0e4736");
    page.locator(".waterfall li").first().waitFor();
    assertFits(page, "a chain");
  }

  @Test
  @Order(20)
  void aDrainedNodeGivesItsShardsAway() throws Exception {
    Page page = logIn("admin");
    goTo(page, "Mesh");
    Locator last = page.locator(".node").filter(new Locator.FilterOptions().setHasText("node-c"));
    assertThat(last).containsText(Pattern.compile("\\d{2,} shards"));
    assertThat(page.locator(".badge.leader")).hasCount(1);
    assertThat(page.locator(".views li").first()).containsText("led by node-");
    last.getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName("Drain")).click();
    page.getByRole(AriaRole.DIALOG)
        .getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName("Drain"))
        .click();
    assertThat(page.locator(".squares .moved").first()).isVisible();
    assertThat(last).containsText("stopped");
    assertThat(last).containsText("0 shards");
    assertThat(page.locator(".views li")).not().hasCount(1);
  }

  @Test
  @Order(21)
  void theOpenPageSurvivesTheDeathOfANode() throws Exception {
    Page page = logIn("operator");
    goTo(page, "Mesh");
    assertThat(page.locator(".squares").first()).isVisible();
    shop.kill(1);
    Locator gone = page.locator(".node.gone");
    assertThat(gone).containsText("node-b");
    assertThat(gone).containsText("unreachable");
    openActor(page, "Cart", "the-survivor");
    invokeAdd(page, "honey", 1);
    assertThat(page.getByText("\"honey\": 1").first()).isVisible();
    goTo(page, "Overview");
    assertThat(page.getByText("1 of 3 nodes is silent")).isVisible();
    assertThat(page.getByText("2 of 3 answer")).isVisible();
  }

  // ---- for all pages ----

  private static void show(Page page, String name, String look) throws IOException {
    assertFits(page, name + " " + look);
    assertAccessible(page);
    String folder = System.getProperty("spawn.screenshots");
    if (folder != null) {
      page.screenshot(
          new Page.ScreenshotOptions()
              .setPath(
                  Files.createDirectories(Path.of(folder))
                      .resolve("console-" + name + "-" + look + ".png")));
    }
  }

  /** Nothing makes the page wider than the window; it says what does. */
  private static void assertFits(Page page, String what) {
    Object wider =
        page.evaluate(
            """
            () => document.documentElement.scrollWidth <= innerWidth ? '' :
              [...document.querySelectorAll('body *')]
                .filter(e => e.getBoundingClientRect().right > innerWidth && !e.closest('.scroll'))
                .map(e => e.tagName + '.' + e.className + ' until ' + e.getBoundingClientRect().right + ': '
                  + e.textContent.slice(0, 80)).join('\\n') || 'unknown'\
            """);
    assertThat(wider).as(what + " is no wider than the window").isEqualTo("");
  }

  /** WCAG 2.1 AA, as far as a program can tell. */
  private static void assertAccessible(Page page) {
    if (!Files.exists(AXE)) {
      return; // the front end was not built here
    }
    try {
      page.evaluate(Files.readString(AXE));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    Object found =
        page.evaluate(
            """
            async () => (await axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'] }))
              .violations.map(v => v.id + ': ' + v.nodes.map(n => n.target + ' ' + n.failureSummary).join('; ')).join('\\n')\
            """);
    assertThat((String) found).isEmpty();
  }
}
