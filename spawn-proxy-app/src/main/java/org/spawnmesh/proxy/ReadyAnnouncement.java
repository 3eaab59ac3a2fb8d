package org.spawnmesh.proxy;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.stereotype.Component;

/** Says that the proxy takes calls, in the words that wait strategies of tests look for. */
@Component
final class ReadyAnnouncement implements ApplicationListener<ApplicationReadyEvent> {

  private static final Logger log = LoggerFactory.getLogger(ReadyAnnouncement.class);

  @Override
  public void onApplicationEvent(ApplicationReadyEvent event) {
    log.info("Proxy Application started successfully");
  }
}
