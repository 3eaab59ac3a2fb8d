package org.spawnmesh.benchmarks.sidecar;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Int64Value;
import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.io.UncheckedIOException;

/** {@code message CounterState { int64 value = 1; string label = 2; }}, and plain numbers. */
final class CounterState {

  static final String TYPE = "type.googleapis.com/benchmarks.CounterState";

  private CounterState() {}

  static Any of(long value, String label) {
    ByteString.Output bytes = ByteString.newOutput();
    try {
      CodedOutputStream out = CodedOutputStream.newInstance(bytes);
      out.writeInt64(1, value);
      out.writeString(2, label);
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Any.newBuilder().setTypeUrl(TYPE).setValue(bytes.toByteString()).build();
  }

  /** 0 if the state has none. */
  static long value(Any state) {
    try {
      CodedInputStream in = state.getValue().newCodedInput();
      for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
        if (tag == 1 << 3) {
          return in.readInt64();
        }
        in.skipField(tag);
      }
      return 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Any number(long value) {
    return Any.pack(Int64Value.of(value));
  }

  static long number(Any number) throws InvalidProtocolBufferException {
    return Int64Value.parseFrom(number.getValue()).getValue();
  }
}
