package org.spawnmesh.spring.payload;

import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.Payload;
import org.spawnmesh.actor.PayloadEncodingException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.databind.BeanProperty;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.deser.AbstractDeserializer;
import tools.jackson.databind.deser.bean.BeanDeserializerBase;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.exc.ValueInstantiationException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.jsonFormatVisitors.JsonFormatVisitable;
import tools.jackson.databind.jsonFormatVisitors.JsonFormatVisitorWrapper;
import tools.jackson.databind.jsonFormatVisitors.JsonObjectFormatVisitor;

/**
 * The mesh's JSON: text in the protocol's message {@code JSONType}, so that actors of any language
 * can read it. Thread-safe.
 */
final class Json {

  static final String TYPE = "type.googleapis.com/spawn.JSONType";

  private final JsonMapper mapper;
  private final ObjectWriter anyWriter;

  Json(JsonMapper mapper) {
    this.mapper = mapper;
    this.anyWriter = mapper.writer();
  }

  JavaType type(Type type) {
    return mapper.constructType(type);
  }

  /** Values of a final class are written by that class, others by the declared type. */
  ObjectWriter writer(JavaType type) {
    boolean untyped = type.isJavaLangObject() || type.isPrimitive();
    return untyped ? anyWriter : mapper.writerFor(type);
  }

  ObjectReader reader(JavaType type) {
    return mapper.readerFor(type);
  }

  /** Encodes a value by its own class. */
  Payload encode(Object value) {
    return encode(value, anyWriter);
  }

  static Payload encode(Object value, ObjectWriter writer) {
    try {
      return Payload.of(TYPE, JsonText.wrap(writer.writeValueAsBytes(value)));
    } catch (JacksonException e) {
      throw new PayloadEncodingException(
          "A %s cannot be written as JSON: %s".formatted(value.getClass().getName(), reason(e)), e);
    }
  }

  /** Both of the protocol's package names are in use. */
  static boolean isJson(Payload payload) {
    String type = payload.type();
    return type.equals(TYPE) || type.endsWith("/eigr.functions.protocol.JSONType");
  }

  /** How the protocol says "no value" where a message is needed. */
  static boolean isNothing(Payload payload) {
    String type = payload.type();
    return payload.isNone()
        || type.endsWith("/spawn.Noop")
        || type.endsWith("/eigr.functions.protocol.Noop");
  }

  /** The first line: what follows in Jackson's messages repeats the source, which may be secret. */
  static String reason(Exception e) {
    String message =
        e instanceof JacksonException jackson ? jackson.getOriginalMessage() : e.getMessage();
    if (message == null) {
      return e.getClass().getSimpleName();
    }
    int end = message.indexOf('\n');
    return end < 0 ? message : message.substring(0, end);
  }

  /**
   * Why a text could not be read, without quoting it: Jackson's own messages repeat the values that
   * do not fit, and these belong to the actor.
   */
  static String misfit(JacksonException e) {
    String where = e.getPathReference().isEmpty() ? "" : " at " + e.getPathReference();
    if (e instanceof ValueInstantiationException && e.getCause() != null) {
      return "its constructor threw " + e.getCause() + where;
    }
    if (e instanceof MismatchedInputException mismatch && mismatch.getTargetType() != null) {
      return "what is there is no " + mismatch.getTargetType().getTypeName() + where;
    }
    TokenStreamLocation location = e.getLocation();
    return location == null || location == TokenStreamLocation.NA
        ? e.getClass().getSimpleName() + where
        : "it is malformed near column " + location.getColumnNr();
  }

  /** See {@link PayloadCodecs#obstacle}. */
  @Nullable String obstacle(JavaType type) {
    Class<?> raw = type.getRawClass();
    boolean structured = type.isContainerType() || type.isReferenceType();
    try {
      if (!structured && !raw.isPrimitive() && Modifier.isAbstract(raw.getModifiers())) {
        boolean polymorphic =
            mapper._serializationContext().findTypeSerializer(type) != null
                || !(mapper._deserializationContext().findRootValueDeserializer(type)
                    instanceof AbstractDeserializer);
        if (!polymorphic) {
          return raw.getName()
              + (raw.isInterface() ? " is an interface" : " is abstract")
              + " and nothing tells which class to create for it; use a record, or annotate it with"
              + " @JsonTypeInfo";
        }
      }
      if (mapper._deserializationContext().findRootValueDeserializer(type)
              instanceof BeanDeserializerBase bean
          && !bean.getValueInstantiator().canInstantiate()) {
        return raw.getName()
            + " has no constructor that JSON could be read with; use a record, or add one without"
            + " parameters";
      }
      PropertyCount properties = new PropertyCount();
      mapper.acceptJsonFormatVisitor(type, properties);
      if (properties.isEmptyObject()
          && !raw.isRecord()
          && !Modifier.isAbstract(raw.getModifiers())) {
        return raw.getName()
            + " has no properties that JSON would show; use a record, or give it getters and"
            + " setters";
      }
      return null;
    } catch (JacksonException e) {
      return reason(e);
    }
  }

  /** Finds beans without any property: they would be written as <code>{}</code>, losing all. */
  private static final class PropertyCount extends JsonFormatVisitorWrapper.Base {

    private final AtomicInteger properties = new AtomicInteger();
    private boolean object;

    boolean isEmptyObject() {
      return object && properties.get() == 0;
    }

    @Override
    public JsonObjectFormatVisitor expectObjectFormat(JavaType type) {
      object = true;
      return new JsonObjectFormatVisitor.Base(getContext()) {
        @Override
        public void property(BeanProperty property) {
          properties.incrementAndGet();
        }

        @Override
        public void property(String name, JsonFormatVisitable handler, JavaType hint) {
          properties.incrementAndGet();
        }

        @Override
        public void optionalProperty(BeanProperty property) {
          properties.incrementAndGet();
        }

        @Override
        public void optionalProperty(String name, JsonFormatVisitable handler, JavaType hint) {
          properties.incrementAndGet();
        }
      };
    }
  }
}
