package org.spawnmesh.spring.management;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/**
 * Tells those who watch what the node does, as server-sent events: {@value #MOST} at once, each on
 * the thread of its request, until it goes away or {@link #end} is called. Thread-safe.
 */
final class LiveStreams {

  private static final Logger log = LoggerFactory.getLogger(LiveStreams.class);

  static final int MOST = 16;
  private static final Duration SHORTEST_INTERVAL = Duration.ofMillis(200);

  /** With one event of so many the lists of calls are told, which change slowly and are long. */
  private static final int CALLS_EVERY = 3;

  private final LiveFigures figures;
  private final Supplier<Map<String, Object>> gauges;
  private final JsonMapper json;
  private final Semaphore places = new Semaphore(MOST);
  private final CountDownLatch ended = new CountDownLatch(1);

  /**
   * @param gauges what is in the node now, to stand beside what has happened
   */
  LiveStreams(LiveFigures figures, Supplier<Map<String, Object>> gauges, JsonMapper json) {
    this.figures = figures;
    this.gauges = gauges;
    this.json = json;
  }

  /** All streams end, and those that are yet to begin. */
  void end() {
    ended.countDown();
  }

  /**
   * Returns when the stream has ended.
   *
   * @throws RefusedRequestException if there is no place
   * @throws IOException if the client went away, which is seen when the next event is due
   */
  void serve(HttpExchange exchange, Request request) throws IOException {
    Duration interval = Duration.ofMillis(request.number("interval", 1_000, 60_000));
    if (!places.tryAcquire()) {
      throw new RefusedRequestException(
          429,
          "TOO_MANY_STREAMS",
          "%d clients watch this node already; a console watches it once for all its readers"
              .formatted(MOST));
    }
    try {
      tell(exchange, interval.compareTo(SHORTEST_INTERVAL) < 0 ? SHORTEST_INTERVAL : interval);
    } catch (InterruptedException e) {
      log.debug("The node stops, and so does this stream");
    } finally {
      places.release();
    }
  }

  private void tell(HttpExchange exchange, Duration interval)
      throws IOException, InterruptedException {
    exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
    exchange.getResponseHeaders().set("Cache-Control", "no-store");
    exchange.sendResponseHeaders(200, 0);
    OutputStream out = exchange.getResponseBody();
    out.flush(); // that it is watched is known now, and not with the first event
    try (LiveFigures.Watch watch = figures.watch()) {
      long last = System.nanoTime();
      int frames = 0;
      while (!ended.await(interval.toMillis(), TimeUnit.MILLISECONDS)) {
        long now = System.nanoTime();
        Map<String, Object> frame = watch.next();
        frame.put("millis", (now - last) / 1_000_000);
        frame.putAll(gauges.get());
        last = now;
        event(out, "figures", frame);
        if (frames++ % CALLS_EVERY == 0) {
          event(out, "calls", watch.calls());
        }
        out.flush();
      }
    }
  }

  private void event(OutputStream out, String name, Object data) throws IOException {
    out.write(("event: " + name + "\ndata: ").getBytes(StandardCharsets.UTF_8));
    out.write(json.writeValueAsBytes(data));
    out.write("\n\n".getBytes(StandardCharsets.UTF_8));
  }
}
