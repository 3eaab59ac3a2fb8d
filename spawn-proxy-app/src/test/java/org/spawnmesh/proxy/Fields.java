package org.spawnmesh.proxy;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Writes a message field by field, in the order of a wire capture, known to no schema. */
final class Fields {

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final CodedOutputStream out = CodedOutputStream.newInstance(bytes);

  static Fields message() {
    return new Fields();
  }

  interface Write {
    void to(CodedOutputStream out) throws IOException;
  }

  Fields write(Write write) {
    try {
      write.to(out);
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Fields f(int field, String text) {
    return write(out -> out.writeString(field, text));
  }

  Fields f(int field, long number) {
    return write(out -> out.writeInt64(field, number));
  }

  Fields f(int field, Fields message) {
    return write(out -> out.writeBytes(field, ByteString.copyFrom(message.bytes())));
  }

  byte[] bytes() {
    write(CodedOutputStream::flush);
    return bytes.toByteArray();
  }
}
