package org.spawnmesh.proxy.config;

import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanCreationException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.boot.web.server.WebServerException;
import org.springframework.context.ApplicationContextException;

/** The proxy cannot listen: its socket cannot be made, or its certificate cannot be used. */
final class ListenFailureAnalyzer extends AbstractFailureAnalyzer<ApplicationContextException> {

  @Override
  protected @Nullable FailureAnalysis analyze(Throwable root, ApplicationContextException cause) {
    if (findCause(root, BeanCreationException.class) != null
        || findCause(root, PortInUseException.class) != null) {
      return null; // for others to say
    }
    NoSuchSslBundleException noBundle = findCause(root, NoSuchSslBundleException.class);
    if (noBundle != null) {
      String name = noBundle.getBundleName();
      return new FailureAnalysis(
          "server.ssl.bundle is '%s', and there is no SSL bundle of that name.".formatted(name),
          "Describe it with spring.ssl.bundle.pem.%1$s.… or spring.ssl.bundle.jks.%1$s.…"
              .formatted(name),
          cause);
    }
    IllegalStateException badBundle = findCause(root, IllegalStateException.class);
    if (badBundle != null && isOfBundles(badBundle)) {
      return new FailureAnalysis(
          "The certificate or key to listen with cannot be used: %s."
              .formatted(badBundle.getMessage()),
          "Correct the files and passwords below spring.ssl.bundle.",
          cause);
    }
    if (findCause(root, WebServerException.class) != null
        || findCause(root, UncheckedIOException.class) != null) {
      return new FailureAnalysis(
          "The proxy cannot listen: %s (%s).".formatted(outermost(cause), innermost(root)),
          "Correct the port (PROXY_HTTP_PORT, server.port) or the socket (PROXY_UDS_ADDRESS,"
              + " spawn.proxy.uds.address); the socket's directory must be one that this process"
              + " may write to.",
          cause);
    }
    return null;
  }

  private static boolean isOfBundles(Throwable failure) {
    StackTraceElement[] trace = failure.getStackTrace();
    return trace.length > 0 && trace[0].getClassName().startsWith("org.springframework.boot.ssl.");
  }

  /** What was wanted: the first that is not about the web server as such. */
  private static String outermost(Throwable failure) {
    Throwable next = failure;
    while (next.getCause() != null
        && (next instanceof ApplicationContextException || next instanceof WebServerException)) {
      next = next.getCause();
    }
    return String.valueOf(next.getMessage());
  }

  private static String innermost(Throwable failure) {
    Throwable last = failure;
    while (last.getCause() != null) {
      last = last.getCause();
    }
    return String.valueOf(last.getMessage());
  }
}
