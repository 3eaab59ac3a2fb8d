import com.sun.net.httpserver.HttpServer;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.attribute.FileTime;
import java.util.spi.ToolProvider;

// Lays out an image in a directory, for Jib to pack: the Java runtime in java/, the program in app/, and in root/ what a
// base image would have, if there is none. `./mvnw package -Pimages` runs it once for each image.
//
//     java deploy/images/Layers.java JAR SBOM TIME BASE DIRECTORY PATH [ARGUMENT…]
//
// TIME is what all files get. PATH is asked, and arguments are given, when the program is started to see what it loads.

private static final Duration PATIENCE = Duration.ofMinutes(2);

private static final List<String> MODULES =
    List.of(
        "java.se",
        "jdk.charsets",
        "jdk.jcmd",
        "jdk.jfr",
        "jdk.management",
        "jdk.management.agent",
        "jdk.naming.dns",
        "jdk.net",
        "jdk.security.auth",
        "jdk.security.jgss",
        "jdk.unsupported",
        "jdk.zipfs");

void main(String... args) throws Exception {
  if (!System.getProperty("os.name").equals("Linux")) {
    throw new IllegalStateException(
        "An image has the Java runtime of the machine that builds it, and this one runs %s. Build it on Linux."
            .formatted(System.getProperty("os.name")));
  }
  Path directory = Path.of(args[4]).toAbsolutePath();
  delete(directory);
  Files.createDirectories(directory.resolve("root"));
  runtime(directory.resolve("java"));
  program(Path.of(args[0]), Path.of(args[1]), directory.resolve("app"));
  if (args[3].equals("scratch")) {
    libraries(directory.resolve("java"), directory.resolve("root"));
  }
  stamp(directory, FileTime.from(Instant.parse(args[2])));
  train(directory, args[5], List.of(args).subList(6, args.length));
}

private void runtime(Path java) {
  int status =
      ToolProvider.findFirst("jlink")
          .orElseThrow()
          .run(
              System.out,
              System.err,
              "--add-modules",
              String.join(",", MODULES),
              "--no-header-files",
              "--no-man-pages",
              "--output",
              java.toString());
  if (status != 0) {
    throw new IllegalStateException("jlink made no Java runtime in %s, status %d".formatted(java, status));
  }
}

/** Not the jar of jars: nothing in it could be kept in a cache. */
private void program(Path jar, Path sbom, Path app) throws Exception {
  output(
      List.of(
          Path.of(System.getProperty("java.home"), "bin", "java").toString(),
          "-Djarmode=tools",
          "-jar",
          jar.toString(),
          "extract",
          "--destination",
          app.toString()));
  Files.move(app.resolve(jar.getFileName()), app.resolve("app.jar"));
  Files.copy(sbom, app.resolve("sbom.cdx.json"));
}

/** The C library of this machine, in the way of images without a shell: scanners find the package it is from. */
private void libraries(Path java, Path root) throws Exception {
  Files.createDirectories(root.resolve("tmp"));
  Files.createDirectories(root.resolve("etc"));
  Files.writeString(root.resolve("etc/passwd"), "nonroot:x:65532:65532:nonroot:/tmp:/sbin/nologin\n");
  Files.writeString(root.resolve("etc/group"), "nonroot:x:65532:\n");
  Files.writeString(root.resolve("etc/nsswitch.conf"), "hosts: files dns\n");

  List<Path> libraries =
      output(List.of("ldd", java.resolve("lib/server/libjvm.so").toString()))
          .lines()
          .map(Pattern.compile("(/\\S+) \\(")::matcher)
          .filter(Matcher::find)
          .map(found -> Path.of(found.group(1)))
          .toList();
  for (Path library : libraries) {
    copy(library, root);
  }
  Path libc =
      libraries.stream().filter(it -> it.endsWith("libc.so.6")).findAny().orElseThrow();
  for (String names : List.of("libnss_dns.so.2", "libnss_files.so.2", "libresolv.so.2")) {
    copy(libc.resolveSibling(names), root);
  }

  copy(Path.of("/etc/os-release"), root);
  copy(Path.of("/usr/share/doc/libc6/copyright"), root);
  if (Files.exists(Path.of("/var/lib/dpkg/status"))) {
    Path status = Files.createDirectories(root.resolve("var/lib/dpkg/status.d")).resolve("libc6");
    Files.writeString(status, output(List.of("dpkg-query", "--status", "libc6")));
  }
}

/** What is not there is not needed: names differ from one version of the C library to the other. */
private void copy(Path file, Path root) throws IOException {
  if (Files.exists(file)) {
    Path copy = root.resolve(Path.of("/").relativize(file));
    Files.createDirectories(copy.getParent());
    Files.copy(file, copy);
  }
}

/** The cache is valid for files of exactly these times only, so they are given before it is made. */
private void stamp(Path directory, FileTime time) throws IOException {
  try (var files = Files.walk(directory)) {
    for (Path file : (Iterable<Path>) files::iterator) {
      Files.setLastModifiedTime(file, time);
    }
  }
}

/** Starts the program as the image does, and has Java write down what that took. */
private void train(Path directory, String path, List<String> arguments) throws Exception {
  Path cache = directory.resolve("app/app.aot");
  Path log = directory.resolve("training.log");
  int port = freePort();
  var builder =
      new ProcessBuilder(
          directory.resolve("java/bin/java").toString(),
          "-XX:AOTCacheOutput=" + cache,
          // the objects in a cache are written by G1, and read by others, too
          "-XX:+UseG1GC",
          "-jar",
          directory.resolve("app/app.jar").toString(),
          "--server.port=" + port);
  builder.command().addAll(arguments);
  builder.directory(Files.createDirectories(directory.resolve("training")).toFile());
  builder.redirectErrorStream(true).redirectOutput(log.toFile());
  builder.environment().clear();
  HttpServer kubernetes = emptyKubernetes();
  try {
    builder.environment().put("KUBERNETES_MASTER", "http://127.0.0.1:" + kubernetes.getAddress().getPort());
    Process program = builder.start();
    try {
      awaitReady(program, URI.create("http://127.0.0.1:" + port + path), log);
      program.destroy();
      if (!program.waitFor(PATIENCE) || Files.notExists(cache)) {
        throw new IllegalStateException("no cache in %s, see %s".formatted(cache, log));
      }
    } finally {
      program.destroyForcibly();
    }
  } finally {
    kubernetes.stop(0);
  }
}

private void awaitReady(Process program, URI ready, Path log) throws InterruptedException {
  Instant deadline = Instant.now().plus(PATIENCE);
  try (HttpClient http = HttpClient.newHttpClient()) {
    while (!answers(http, ready)) {
      if (!program.isAlive() || Instant.now().isAfter(deadline)) {
        throw new IllegalStateException("%s did not become ready, see %s".formatted(ready, log));
      }
      Thread.sleep(100); // another process, which tells nobody but those who ask
    }
  }
}

private boolean answers(HttpClient http, URI ready) throws InterruptedException {
  try {
    HttpRequest request = HttpRequest.newBuilder(ready).timeout(Duration.ofSeconds(5)).build();
    return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() < 400;
  } catch (IOException notYet) {
    return false;
  }
}

/** The controller asks one when it starts, and takes this answer for an answer. */
private HttpServer emptyKubernetes() throws IOException {
  HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
  server.createContext(
      "/",
      exchange -> {
        exchange.sendResponseHeaders(404, -1);
        exchange.close();
      });
  server.start();
  return server;
}

private int freePort() throws IOException {
  try (var socket = new ServerSocket(0)) {
    return socket.getLocalPort();
  }
}

private String output(List<String> command) throws Exception {
  Process process =
      new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  String output = new String(process.getInputStream().readAllBytes());
  if (process.waitFor() != 0) {
    throw new IllegalStateException("%s ended with %d".formatted(command, process.exitValue()));
  }
  return output;
}

private void delete(Path directory) throws IOException {
  if (Files.exists(directory)) {
    try (var files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
