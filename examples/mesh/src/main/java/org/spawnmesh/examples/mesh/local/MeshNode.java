package org.spawnmesh.examples.mesh.local;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A node in a process of its own, and the way to it. Thread-safe. */
public final class MeshNode implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(120);
  private static final JsonMapper JSON = new JsonMapper();

  private static final HttpClient HTTP =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(2))
          .build();

  private final LocalProcess process;
  private final URI address;
  private final Duration timeout;

  private MeshNode(LocalProcess process, URI address, Duration timeout) {
    this.process = process;
    this.address = address;
    this.timeout = timeout;
  }

  /**
   * Waits until the application is a member of the mesh and takes requests.
   *
   * @param timeout how long a call may take
   * @throws IllegalStateException if it does not start
   */
  static MeshNode started(LocalProcess process, Duration timeout) throws InterruptedException {
    String port = process.awaitOutput("Netty started on port (\\d+)", PATIENCE).group(1);
    return new MeshNode(process, URI.create("http://127.0.0.1:" + port), timeout);
  }

  public String name() {
    return process.name();
  }

  public URI address() {
    return address;
  }

  public LocalProcess process() {
    return process;
  }

  /** POSTs a JSON document. */
  public Outcome post(String path, Map<String, ?> body) throws InterruptedException {
    return call(
        request(path)
            .header("content-type", "application/json")
            .POST(BodyPublishers.ofString(JSON.writeValueAsString(body)))
            .build());
  }

  public Outcome get(String path) throws InterruptedException {
    return call(request(path).build());
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(address.resolve(path)).timeout(timeout);
  }

  private Outcome call(HttpRequest request) throws InterruptedException {
    HttpResponse<String> response;
    try {
      response = HTTP.send(request, BodyHandlers.ofString());
    } catch (ConnectException | HttpConnectTimeoutException e) {
      return new Outcome.NotDone(name() + " cannot be reached");
    } catch (IOException e) {
      return new Outcome.Unknown(name() + " has not answered: " + e.getMessage());
    }
    if (response.statusCode() == 200) {
      return new Outcome.Answered(JSON.readTree(response.body()));
    }
    String why = name() + ": " + response.body();
    return response.body().contains("\"execution\":\"NOT_EXECUTED\"")
            || response.body().contains("\"execution\":\"EXECUTED\"")
        ? new Outcome.NotDone(why)
        : new Outcome.Unknown(why);
  }

  /** The mesh as this node sees it; empty if it does not answer. */
  public Optional<View> view() throws InterruptedException {
    if (!(get("/actuator/mesh") instanceof Outcome.Answered(JsonNode body))) {
      return Optional.empty();
    }
    int open = 0;
    int opening = 0;
    for (JsonNode type : body.path("shards")) {
      open += type.path("open").asInt();
      opening += type.path("opening").asInt();
    }
    return Optional.of(
        new View(
            body.path("number").asLong(),
            body.path("members").valueStream().map(each -> each.path("name").asString()).toList(),
            body.path("members")
                .valueStream()
                .map(each -> each.path("incarnation").asLong())
                .toList(),
            open,
            opening));
  }

  /** The name of the node that owns an actor, as this one sees it; empty if nobody can tell. */
  public Optional<String> owner(String type, String actor) throws InterruptedException {
    return get("/actuator/mesh/" + type + "/" + actor) instanceof Outcome.Answered(JsonNode body)
        ? Optional.of(body.path("name").asString())
        : Optional.empty();
  }

  /**
   * A node's view of the mesh.
   *
   * @param members their names
   * @param incarnations which lives of them
   * @param open shards of its own that it serves
   * @param opening shards of its own that others have not let go of yet
   */
  public record View(
      long number, List<String> members, List<Long> incarnations, int open, int opening) {}

  /** Ends it at once. */
  @Override
  public void close() {
    process.close();
  }

  @Override
  public String toString() {
    return name();
  }
}
