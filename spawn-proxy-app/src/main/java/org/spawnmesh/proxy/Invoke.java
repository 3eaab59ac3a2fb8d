package org.spawnmesh.proxy;

import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.protocol.InvocationRequest;
import org.spawnmesh.protocol.InvocationResponse;
import org.spawnmesh.protocol.Noop;
import org.spawnmesh.protocol.RequestStatus;
import org.spawnmesh.protocol.Status;
import org.spawnmesh.protocol.actors.Actor;
import org.spawnmesh.protocol.actors.ActorId;
import org.spawnmesh.protocol.actors.ActorSystem;

/**
 * Asks a proxy to run one action, without a value, and waits for the answer: what the jobs of an
 * activator do. It tries once; whoever starts it may start it again, with the same key.
 *
 * @param environment SPAWN_PROXY_APITOKEN is shown to the proxy, if it is there
 */
record Invoke(Map<String, String> environment, PrintStream out, PrintStream err) {

  /** What {@link #run} answers when it was called wrongly, and trying again would not help. */
  static final int MISUSED = 2;

  private static final List<String> REQUIRED = List.of("url", "system", "actor", "action");
  private static final List<String> OPTIONAL = List.of("parent", "key");
  private static final Duration CONNECT = Duration.ofSeconds(10);

  /**
   * Longer than the proxy waits for an action unless told otherwise: it says more than we could.
   */
  private static final Duration ANSWER = Duration.ofSeconds(60);

  /**
   * @param arguments {@code --name=value}: url of the proxy, system, actor, action; parent if the
   *     actor's type has many; key under which the call is applied once
   * @return 0 if the action ran; 1 if not, or if that is not known; {@link #MISUSED}
   */
  int run(List<String> arguments) {
    Map<String, String> options;
    HttpRequest request;
    try {
      options = options(arguments);
      request = request(options);
    } catch (IllegalArgumentException e) {
      err.println(e.getMessage());
      err.println(
          "Usage: invoke --url=http://… --system=… --actor=… --action=… [--parent=…] [--key=…]");
      return MISUSED;
    }
    String what = "%s of %s".formatted(options.get("action"), options.get("actor"));
    try (HttpClient http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT)
            .build()) {
      HttpResponse<byte[]> response = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
      String failure = failure(response);
      if (failure == null) {
        out.println(what + " ran");
        return 0;
      }
      err.println(what + " failed: " + failure);
    } catch (IOException e) {
      err.println("%s: no answer from %s (%s)".formatted(what, options.get("url"), e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      err.println(what + ": interrupted before the answer came");
    }
    return 1;
  }

  private static Map<String, String> options(List<String> arguments) {
    Map<String, String> options = new TreeMap<>();
    for (String argument : arguments) {
      int equals = argument.indexOf('=');
      String name = argument.startsWith("--") && equals > 0 ? argument.substring(2, equals) : "";
      if (!REQUIRED.contains(name) && !OPTIONAL.contains(name)) {
        throw new IllegalArgumentException("Not understood: " + argument);
      }
      options.put(name, argument.substring(equals + 1));
    }
    for (String name : REQUIRED) {
      if (options.getOrDefault(name, "").isBlank()) {
        throw new IllegalArgumentException("Missing: --" + name);
      }
    }
    return options;
  }

  private HttpRequest request(Map<String, String> options) {
    ActorId.Builder actor =
        ActorId.newBuilder()
            .setName(options.get("actor"))
            .setSystem(options.get("system"))
            .setParent(options.getOrDefault("parent", ""));
    InvocationRequest invocation =
        InvocationRequest.newBuilder()
            .setSystem(ActorSystem.newBuilder().setName(options.get("system")))
            .setActor(Actor.newBuilder().setId(actor))
            .setActionName(options.get("action"))
            .setNoop(Noop.getDefaultInstance())
            .setRegisterRef(options.getOrDefault("parent", ""))
            .build();
    String path =
        "/api/v1/system/%s/actors/%s/invoke"
            .formatted(inPath(options.get("system")), inPath(options.get("actor")));
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(options.get("url") + path))
            .timeout(ANSWER)
            .header("Content-Type", "application/octet-stream")
            .POST(HttpRequest.BodyPublishers.ofByteArray(invocation.toByteArray()));
    String key = options.get("key");
    if (key != null) {
      request.header("Idempotency-Key", key);
    }
    String token =
        environment.getOrDefault("SPAWN_PROXY_APITOKEN", environment.get("SPAWN_PROXY_API_TOKEN"));
    if (token != null) {
      request.header("Authorization", "Bearer " + token);
    }
    return request.build();
  }

  private static String inPath(@Nullable String name) {
    return URLEncoder.encode(String.valueOf(name), StandardCharsets.UTF_8).replace("+", "%20");
  }

  /** In the proxy's words; null if the action ran. */
  private static @Nullable String failure(HttpResponse<byte[]> response) {
    try {
      RequestStatus status = InvocationResponse.parseFrom(response.body()).getStatus();
      if (response.statusCode() == 200 && status.getStatus() == Status.OK) {
        return null;
      }
      return "%s (HTTP %d)".formatted(status.getMessage(), response.statusCode());
    } catch (InvalidProtocolBufferException e) {
      return "HTTP %d, and not in the words of a proxy".formatted(response.statusCode());
    }
  }
}
