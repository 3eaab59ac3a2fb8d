package org.spawnmesh.spring.management;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.MessageOrBuilder;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Protobuf messages as the JSON that protobuf defines for them, with what is set and no more. A
 * field that its option {@code debug_redact} hides is shown as {@code •••}.
 *
 * @param types for what is inside {@code google.protobuf.Any}
 */
record MessageJson(MessageTypes types) {

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final String GOOGLE = "google.protobuf.";
  private static final Set<String> WRAPPERS =
      Set.of(
          "DoubleValue",
          "FloatValue",
          "Int64Value",
          "UInt64Value",
          "Int32Value",
          "UInt32Value",
          "BoolValue",
          "StringValue",
          "BytesValue");

  JsonNode of(Message message) {
    String name = message.getDescriptorForType().getFullName();
    JsonNode known =
        name.startsWith(GOOGLE) ? wellKnown(name.substring(GOOGLE.length()), message) : null;
    return known == null ? fields(message) : known;
  }

  private ObjectNode fields(MessageOrBuilder message) {
    ObjectNode shown = JSON.objectNode();
    message
        .getAllFields()
        .forEach(
            (field, value) ->
                shown.set(
                    field.getJsonName(),
                    field.getOptions().getDebugRedact()
                        ? JSON.stringNode(Schemas.MASK)
                        : value(field, value)));
    return shown;
  }

  private JsonNode value(FieldDescriptor field, Object value) {
    if (field.isMapField()) {
      ObjectNode map = JSON.objectNode();
      FieldDescriptor key = field.getMessageType().findFieldByNumber(1);
      FieldDescriptor held = field.getMessageType().findFieldByNumber(2);
      for (Object entry : (List<?>) value) {
        Message pair = (Message) entry;
        map.set(one(key, pair.getField(key)).asString(), one(held, pair.getField(held)));
      }
      return map;
    }
    if (field.isRepeated()) {
      ArrayNode array = JSON.arrayNode();
      ((List<?>) value).forEach(each -> array.add(one(field, each)));
      return array;
    }
    return one(field, value);
  }

  private JsonNode one(FieldDescriptor field, Object value) {
    return switch (field.getType()) {
      case DOUBLE, FLOAT -> {
        double number = ((Number) value).doubleValue();
        yield !Double.isFinite(number)
            ? JSON.stringNode(value.toString())
            : value instanceof Float single ? JSON.numberNode(single) : JSON.numberNode(number);
      }
      // a number in JSON is often a double, which has no room for these
      case INT64, SINT64, SFIXED64 -> JSON.stringNode(value.toString());
      case UINT64, FIXED64 -> JSON.stringNode(Long.toUnsignedString((Long) value));
      case INT32, SINT32, SFIXED32 -> JSON.numberNode((Integer) value);
      case UINT32, FIXED32 -> JSON.numberNode(Integer.toUnsignedLong((Integer) value));
      case BOOL -> JSON.booleanNode((Boolean) value);
      case STRING -> JSON.stringNode((String) value);
      case BYTES -> base64((ByteString) value);
      case ENUM -> {
        EnumValueDescriptor constant = (EnumValueDescriptor) value;
        // index -1: a number that this descriptor has no name for
        yield constant.getIndex() < 0
            ? JSON.numberNode(constant.getNumber())
            : JSON.stringNode(constant.getName());
      }
      case MESSAGE, GROUP -> of((Message) value);
    };
  }

  private static JsonNode base64(ByteString bytes) {
    return JSON.stringNode(Base64.getEncoder().encodeToString(bytes.toByteArray()));
  }

  /** Those of Google's messages that have a JSON of their own; null for the others. */
  private @Nullable JsonNode wellKnown(String name, Message message) {
    if (WRAPPERS.contains(name)) {
      FieldDescriptor held = message.getDescriptorForType().findFieldByNumber(1);
      return one(held, message.getField(held));
    }
    return switch (name) {
      case "Any" -> any(message);
      case "Timestamp" -> timestamp(message);
      case "Duration" -> duration(message);
      case "Struct" -> value(field(message, 1), message.getField(field(message, 1)));
      case "ListValue" -> value(field(message, 1), message.getField(field(message, 1)));
      case "Value" ->
          message.getAllFields().entrySet().stream()
              .findFirst()
              .map(
                  kind ->
                      kind.getKey().getNumber() == 1 // null_value
                          ? JSON.nullNode()
                          : value(kind.getKey(), kind.getValue()))
              .orElse(JSON.nullNode());
      default -> null;
    };
  }

  private static FieldDescriptor field(Message message, int number) {
    return message.getDescriptorForType().findFieldByNumber(number);
  }

  private JsonNode any(Message message) {
    String url = (String) message.getField(field(message, 1));
    ByteString bytes = (ByteString) message.getField(field(message, 2));
    ObjectNode shown = JSON.objectNode();
    shown.put("@type", url);
    Descriptor type = types.find(url);
    if (type == null) {
      shown.set("value", base64(bytes));
      return shown;
    }
    try {
      JsonNode inner = of(DynamicMessage.parseFrom(type, bytes));
      if (inner instanceof ObjectNode object) {
        shown.setAll(object);
      } else {
        shown.set("value", inner);
      }
    } catch (InvalidProtocolBufferException e) {
      shown.set("value", base64(bytes));
    }
    return shown;
  }

  /** Null beyond the years that people write. */
  private static @Nullable JsonNode timestamp(Message message) {
    try {
      return JSON.stringNode(Instant.ofEpochSecond(seconds(message), nanos(message)).toString());
    } catch (DateTimeException e) {
      return null;
    }
  }

  private static @Nullable JsonNode duration(Message message) {
    try {
      Duration duration = Duration.ofSeconds(seconds(message), nanos(message));
      String decimal =
          java.math.BigDecimal.valueOf(duration.getSeconds())
              .add(java.math.BigDecimal.valueOf(duration.getNano(), 9))
              .stripTrailingZeros()
              .toPlainString();
      return JSON.stringNode(decimal + "s");
    } catch (ArithmeticException e) {
      return null;
    }
  }

  private static long seconds(Message message) {
    return (Long) message.getField(field(message, 1));
  }

  private static int nanos(Message message) {
    return (Integer) message.getField(field(message, 2));
  }
}
