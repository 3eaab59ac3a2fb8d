package org.spawnmesh.proxy.ingress;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.FailureCode;
import org.springframework.http.HttpStatus;

/**
 * What callers must know to be let in. One shared secret is all that is known about a caller, so
 * there is nothing here for a security framework to do. Immutable.
 */
final class ApiToken {

  static final String SCHEME = "Bearer";

  /** Empty if nothing is asked for. */
  private final byte[] secret;

  /**
   * @param secret null to let everybody in
   */
  ApiToken(@Nullable String secret) {
    this.secret = secret == null ? new byte[0] : secret.getBytes(StandardCharsets.UTF_8);
  }

  /**
   * @param authorization the header, or null
   * @throws RefusedRequestException if it does not carry the token
   */
  void require(@Nullable String authorization) {
    if (secret.length > 0 && !isIn(authorization)) {
      throw new RefusedRequestException(
          HttpStatus.UNAUTHORIZED,
          FailureCode.ACCESS_DENIED,
          "The request does not carry this proxy's API token (Authorization: Bearer …)");
    }
  }

  /** Takes the same time however much of the token is right. */
  private boolean isIn(@Nullable String header) {
    String prefix = SCHEME + " ";
    return header != null
        && header.regionMatches(true, 0, prefix, 0, prefix.length())
        && MessageDigest.isEqual(
            secret, header.substring(prefix.length()).strip().getBytes(StandardCharsets.UTF_8));
  }
}
