package org.spawnmesh.statestore.jdbc;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * AES-256-GCM around one value of one actor: {@code nonce (12 bytes) + ciphertext + tag (16
 * bytes)}.
 *
 * <p>What surrounds the value (whose it is, at which revision, its type) is authenticated with it,
 * so a sealed value opens in no other row. Each actor has a key of its own, the HMAC-SHA-256 of its
 * identity under the ring's key: random nonces are safe for some 2<sup>32</sup> values of one key,
 * which one busy database would use up within a day.
 */
final class Seal {

  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;
  private static final byte[] PURPOSE = "spawn state v1".getBytes(StandardCharsets.UTF_8);

  private final SecureRandom random;

  Seal(SecureRandom random) {
    this.random = random;
  }

  /** Whose value it is, and which one. */
  record Context(String system, String type, String name, long revision, String stateType) {

    private byte[] identity() {
      return bytes(false);
    }

    private byte[] all() {
      return bytes(true);
    }

    /** Each part with its length before it, so that no two contexts look the same. */
    private byte[] bytes(boolean all) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream(128);
      try (DataOutputStream out = new DataOutputStream(bytes)) {
        write(out, system);
        write(out, type);
        write(out, name);
        if (all) {
          out.writeLong(revision);
          write(out, stateType);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return bytes.toByteArray();
    }

    private static void write(DataOutputStream out, String part) throws IOException {
      byte[] utf8 = part.getBytes(StandardCharsets.UTF_8);
      out.writeInt(utf8.length);
      out.write(utf8);
    }
  }

  byte[] seal(SecretKey key, Context context, byte[] value) {
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    try {
      Cipher cipher = cipher(Cipher.ENCRYPT_MODE, key, context, nonce);
      byte[] sealed = Arrays.copyOf(nonce, NONCE_BYTES + value.length + TAG_BITS / Byte.SIZE);
      cipher.doFinal(value, 0, value.length, sealed, NONCE_BYTES);
      return sealed;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every JDK has AES-GCM", e);
    }
  }

  /**
   * @throws GeneralSecurityException if the value was sealed with another key, in another context,
   *     or was changed
   */
  byte[] open(SecretKey key, Context context, byte[] sealed) throws GeneralSecurityException {
    if (sealed.length < NONCE_BYTES + TAG_BITS / Byte.SIZE) {
      throw new GeneralSecurityException("Too short to be sealed");
    }
    byte[] nonce = Arrays.copyOf(sealed, NONCE_BYTES);
    return cipher(Cipher.DECRYPT_MODE, key, context, nonce)
        .doFinal(sealed, NONCE_BYTES, sealed.length - NONCE_BYTES);
  }

  private static Cipher cipher(int mode, SecretKey key, Context context, byte[] nonce)
      throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key.getEncoded(), "HmacSHA256"));
    mac.update(PURPOSE);
    SecretKey actorKey = new SecretKeySpec(mac.doFinal(context.identity()), "AES");
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, actorKey, new GCMParameterSpec(TAG_BITS, nonce));
    cipher.updateAAD(context.all());
    return cipher;
  }
}
