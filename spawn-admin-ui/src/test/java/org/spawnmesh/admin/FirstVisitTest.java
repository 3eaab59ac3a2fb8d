package org.spawnmesh.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.springframework.boot.web.server.WebServer;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.boot.web.server.context.WebServerInitializedEvent;

class FirstVisitTest {

  private static final class Listening extends WebServerInitializedEvent {

    private static final long serialVersionUID = 1L;

    Listening(int port) {
      super(
          new WebServer() {
            @Override
            public void start() {}

            @Override
            public void stop() {}

            @Override
            public int getPort() {
              return port;
            }
          });
    }

    @Override
    public WebServerApplicationContext getApplicationContext() {
      throw new UnsupportedOperationException();
    }
  }

  @Test
  void aPageAFileAndARefusalAreAskedFor() throws Exception {
    BlockingQueue<String> asked = new LinkedBlockingQueue<>();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          asked.add(exchange.getRequestURI().getPath());
          exchange.sendResponseHeaders(401, -1); // a refusal does not end the visit
          exchange.close();
        });
    server.start();
    try {
      new FirstVisit("/console").onApplicationEvent(new Listening(server.getAddress().getPort()));
      for (String path : new String[] {"login", "assets/mark.svg", "api/me"}) {
        assertThat(asked.poll(60, TimeUnit.SECONDS)).isEqualTo("/console/" + path);
      }
    } finally {
      server.stop(0);
    }
    // and nobody notices if there is nothing to visit
    new FirstVisit("").onApplicationEvent(new Listening(server.getAddress().getPort()));
  }
}
