package org.spawnmesh.spring.payload;

import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.Payload;
import org.spawnmesh.actor.PayloadEncodingException;
import org.springframework.core.ResolvableType;
import org.springframework.util.ClassUtils;
import tools.jackson.databind.json.JsonMapper;

/**
 * The codecs of one application. Thread-safe.
 *
 * <p>Protobuf messages travel as they are if protobuf-java is on the class path; everything else is
 * JSON in the mesh's own envelope, which actors of other languages understand. A value whose class
 * is provably immutable is passed by reference inside this JVM and encoded only when somebody needs
 * the bytes; every other value is encoded at once.
 */
public final class PayloadCodecs {

  private static final boolean PROTOBUF_PRESENT =
      ClassUtils.isPresent("com.google.protobuf.Message", PayloadCodecs.class.getClassLoader());

  private final Json json;
  private final Map<Type, PayloadCodec> codecs = new ConcurrentHashMap<>();

  public PayloadCodecs(JsonMapper mapper) {
    this.json = new Json(mapper);
  }

  /** The codec of a declared type, for example of a method's parameter. */
  public PayloadCodec of(Type type) {
    PayloadCodec codec = codecs.get(type);
    if (codec == null) {
      codec = create(type);
      codecs.putIfAbsent(type, codec);
    }
    return codec;
  }

  private PayloadCodec create(Type type) {
    Class<?> raw = ResolvableType.forType(type).toClass();
    if (raw == void.class || raw == Void.class) {
      return NoPayloadCodec.INSTANCE;
    }
    if (Payload.class.isAssignableFrom(raw)) {
      return RawPayloadCodec.INSTANCE;
    }
    if (PROTOBUF_PRESENT && ProtobufCodec.supports(raw)) {
      return ProtobufCodec.of(raw);
    }
    return new JsonCodec(json, json.type(type));
  }

  /**
   * Encodes a value by its own class; for callers that have no declared type.
   *
   * @throws PayloadEncodingException if the value cannot be encoded
   */
  public Payload encode(@Nullable Object value) {
    if (value == null) {
      return Payload.NONE;
    }
    if (ImmutableTypes.contains(value.getClass())) {
      return new LiveJson(value, json);
    }
    if (value instanceof Payload payload) {
      return payload;
    }
    if (PROTOBUF_PRESENT && ProtobufCodec.supports(value.getClass())) {
      return ProtobufCodec.live(value);
    }
    return json.encode(value);
  }

  /**
   * The JSON text in a payload, or null if it holds something else.
   *
   * @throws IllegalArgumentException if it says that it is JSON and is not
   */
  public static @Nullable String jsonText(Payload payload) {
    if (!Json.isJson(payload)) {
      return null;
    }
    byte[] message = payload.bytes();
    JsonText text = JsonText.in(message);
    return text == null
        ? "null"
        : new String(message, text.offset(), text.length(), StandardCharsets.UTF_8);
  }

  /** A payload that holds this JSON text, which is not checked. */
  public static Payload ofJsonText(String text) {
    return Payload.of(Json.TYPE, JsonText.wrap(text.getBytes(StandardCharsets.UTF_8)));
  }

  /**
   * Says why values of a type cannot travel, or null if they can: whether there is a way to write
   * and to read them, and whether there is anything in them to write.
   */
  public @Nullable String obstacle(Type type) {
    Class<?> raw = ResolvableType.forType(type).toClass();
    if (raw == void.class
        || raw == Void.class
        || raw == Object.class
        || Payload.class.isAssignableFrom(raw)
        || (PROTOBUF_PRESENT && ProtobufCodec.supports(raw))) {
      return null;
    }
    return json.obstacle(json.type(type));
  }
}
