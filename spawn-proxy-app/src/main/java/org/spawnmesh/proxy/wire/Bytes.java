package org.spawnmesh.proxy.wire;

import com.google.protobuf.ByteOutput;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The array inside a {@link ByteString}. A parsed one holds exactly its own bytes in an array that
 * nobody else changes, so there is no need for the copy that {@link ByteString#toByteArray} makes.
 * Confined to one call.
 */
final class Bytes extends ByteOutput {

  private final int size;
  private byte @Nullable [] whole;

  private Bytes(int size) {
    this.size = size;
  }

  /** Not to be changed. */
  static byte[] of(ByteString bytes) {
    Bytes output = new Bytes(bytes.size());
    try {
      UnsafeByteOperations.unsafeWriteTo(bytes, output);
    } catch (IOException e) {
      throw new UncheckedIOException("Memory cannot fail to be read", e);
    }
    byte[] whole = output.whole;
    return whole != null ? whole : bytes.toByteArray();
  }

  @Override
  public void writeLazy(byte[] value, int offset, int length) {
    if (offset == 0 && length == size && value.length == size) {
      whole = value;
    }
  }

  @Override
  public void write(byte value) {}

  @Override
  public void write(byte[] value, int offset, int length) {}

  @Override
  public void write(ByteBuffer value) {}

  @Override
  public void writeLazy(ByteBuffer value) {}
}
