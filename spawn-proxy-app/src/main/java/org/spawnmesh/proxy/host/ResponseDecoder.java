package org.spawnmesh.proxy.host;

import io.netty.handler.codec.http.HttpResponseDecoder;

/** Netty's, which also tells whether anything is left over. */
final class ResponseDecoder extends HttpResponseDecoder {

  /** Nothing has come that has not been decoded. */
  boolean isDry() {
    return actualReadableBytes() == 0;
  }
}
