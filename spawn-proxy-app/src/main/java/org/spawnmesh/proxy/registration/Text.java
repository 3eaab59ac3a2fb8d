package org.spawnmesh.proxy.registration;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.ListValue;
import com.google.protobuf.StringValue;
import com.google.protobuf.Value;
import java.util.List;
import org.spawnmesh.actor.Payload;
import org.spawnmesh.actor.PayloadEncodingException;

/** Text in the state and messages of the proxy's own actors, as well-known protobuf types. */
final class Text {

  private static final String STRING = "type.googleapis.com/google.protobuf.StringValue";
  private static final String LIST = "type.googleapis.com/google.protobuf.ListValue";

  private Text() {}

  static Payload of(String text) {
    return Payload.of(STRING, StringValue.of(text).toByteArray());
  }

  static Payload of(List<String> lines) {
    ListValue.Builder list = ListValue.newBuilder();
    lines.forEach(line -> list.addValues(Value.newBuilder().setStringValue(line)));
    return Payload.of(LIST, list.build().toByteArray());
  }

  static String read(Payload payload) {
    try {
      return StringValue.parseFrom(payload.bytes()).getValue();
    } catch (InvalidProtocolBufferException e) {
      throw new PayloadEncodingException("Not a StringValue: " + payload.type(), e);
    }
  }

  static List<String> readList(Payload payload) {
    try {
      return ListValue.parseFrom(payload.bytes()).getValuesList().stream()
          .map(Value::getStringValue)
          .toList();
    } catch (InvalidProtocolBufferException e) {
      throw new PayloadEncodingException("Not a ListValue: " + payload.type(), e);
    }
  }
}
