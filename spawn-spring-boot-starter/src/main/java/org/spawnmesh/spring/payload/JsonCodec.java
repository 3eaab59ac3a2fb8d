package org.spawnmesh.spring.payload;

import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.Payload;
import org.spawnmesh.actor.PayloadEncodingException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.util.ClassUtil;

/** JSON of one declared type, generics included. */
final class JsonCodec implements PayloadCodec {

  private final Json json;
  private final JavaType type;
  private final Class<?> boxed;
  private final ObjectWriter writer;
  private final ObjectReader reader;

  JsonCodec(Json json, JavaType type) {
    this.json = json;
    this.type = type;
    this.boxed =
        type.isPrimitive() ? ClassUtil.wrapperType(type.getRawClass()) : type.getRawClass();
    this.writer = json.writer(type);
    this.reader = json.reader(type);
  }

  @Override
  public Payload encode(@Nullable Object value) {
    if (value == null) {
      return Payload.NONE;
    }
    if (ImmutableTypes.contains(value.getClass())) {
      return new LiveJson(value, json);
    }
    return Json.encode(value, writer);
  }

  @Override
  public @Nullable Object decode(Payload payload) {
    if (payload instanceof LiveJson live && live.value.getClass() == boxed) {
      return live.value;
    }
    if (Json.isNothing(payload)) {
      return null;
    }
    if (!Json.isJson(payload)) {
      throw new PayloadEncodingException(
          "%s is not JSON, so it is no %s".formatted(payload, name()), null);
    }
    byte[] message = payload.bytes();
    try {
      JsonText text = JsonText.in(message);
      if (text == null) {
        return null;
      }
      return reader.readValue(message, text.offset(), text.length());
    } catch (JacksonException e) {
      throw unreadable(Json.misfit(e));
    } catch (IllegalArgumentException e) {
      throw unreadable(String.valueOf(e.getMessage()));
    }
  }

  private PayloadEncodingException unreadable(String why) {
    return new PayloadEncodingException(
        "The JSON cannot be read as %s: %s".formatted(name(), why), null);
  }

  private String name() {
    return type.toCanonical();
  }
}
