package org.spawnmesh.spring.management;

import java.lang.reflect.Type;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.spring.Sensitive;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.BeanProperty;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.jsonFormatVisitors.JsonArrayFormatVisitor;
import tools.jackson.databind.jsonFormatVisitors.JsonBooleanFormatVisitor;
import tools.jackson.databind.jsonFormatVisitors.JsonFormatVisitable;
import tools.jackson.databind.jsonFormatVisitors.JsonFormatVisitorWrapper;
import tools.jackson.databind.jsonFormatVisitors.JsonIntegerFormatVisitor;
import tools.jackson.databind.jsonFormatVisitors.JsonMapFormatVisitor;
import tools.jackson.databind.jsonFormatVisitors.JsonNumberFormatVisitor;
import tools.jackson.databind.jsonFormatVisitors.JsonObjectFormatVisitor;
import tools.jackson.databind.jsonFormatVisitors.JsonStringFormatVisitor;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What the JSON of a Java type looks like, as a small JSON Schema; and what of a JSON must not be
 * seen. Thread-safe.
 */
final class Schemas {

  static final String MASK = "•••";

  /** Deep enough for a form; a type that contains itself ends here. */
  private static final int DEPTH = 6;

  private final JsonMapper mapper;

  Schemas(JsonMapper mapper) {
    this.mapper = mapper;
  }

  /** An empty schema, which allows everything, for what cannot be described. */
  Map<String, Object> of(Type type) {
    return of(mapper.constructType(type), DEPTH);
  }

  private Map<String, Object> of(JavaType type, int depth) {
    Map<String, Object> schema = new LinkedHashMap<>();
    if (depth > 0 && !type.isJavaLangObject()) {
      try {
        mapper.acceptJsonFormatVisitor(type, new Describing(schema, depth));
      } catch (JacksonException e) {
        schema.clear();
      }
    }
    return schema;
  }

  private final class Describing extends JsonFormatVisitorWrapper.Base {

    private final Map<String, Object> schema;
    private final int depth;

    Describing(Map<String, Object> schema, int depth) {
      this.schema = schema;
      this.depth = depth;
    }

    @Override
    public JsonObjectFormatVisitor expectObjectFormat(JavaType type) {
      Map<String, Object> properties = new LinkedHashMap<>();
      schema.put("type", "object");
      schema.put("properties", properties);
      return new JsonObjectFormatVisitor.Base(getContext()) {
        @Override
        public void property(BeanProperty property) {
          add(property);
        }

        @Override
        public void property(String name, JsonFormatVisitable handler, JavaType hint) {
          properties.put(name, of(hint, depth - 1));
        }

        @Override
        public void optionalProperty(BeanProperty property) {
          add(property);
        }

        @Override
        public void optionalProperty(String name, JsonFormatVisitable handler, JavaType hint) {
          properties.put(name, of(hint, depth - 1));
        }

        private void add(BeanProperty property) {
          Map<String, Object> described = of(property.getType(), depth - 1);
          if (property.getMember() != null && property.getMember().hasAnnotation(Sensitive.class)) {
            described.put("writeOnly", true);
          }
          properties.put(property.getName(), described);
        }
      };
    }

    @Override
    public JsonArrayFormatVisitor expectArrayFormat(JavaType type) {
      schema.put("type", "array");
      JavaType items = type.getContentType();
      schema.put("items", items == null ? Map.of() : of(items, depth - 1));
      return new JsonArrayFormatVisitor.Base(getContext());
    }

    @Override
    public JsonMapFormatVisitor expectMapFormat(JavaType type) {
      schema.put("type", "object");
      JavaType values = type.getContentType();
      schema.put("additionalProperties", values == null ? Map.of() : of(values, depth - 1));
      return new JsonMapFormatVisitor.Base(getContext());
    }

    @Override
    public JsonStringFormatVisitor expectStringFormat(JavaType type) {
      schema.put("type", "string");
      return new JsonStringFormatVisitor.Base() {
        @Override
        public void enumTypes(Set<String> enums) {
          schema.put("enum", new TreeSet<>(enums));
        }
      };
    }

    @Override
    public @Nullable JsonNumberFormatVisitor expectNumberFormat(JavaType type) {
      schema.put("type", "number");
      return new JsonNumberFormatVisitor.Base();
    }

    @Override
    public @Nullable JsonIntegerFormatVisitor expectIntegerFormat(JavaType type) {
      schema.put("type", "integer");
      return new JsonIntegerFormatVisitor.Base();
    }

    @Override
    public @Nullable JsonBooleanFormatVisitor expectBooleanFormat(JavaType type) {
      schema.put("type", "boolean");
      return new JsonBooleanFormatVisitor.Base();
    }
  }

  // ---- masks ----

  /** Masks in place: the JSON was read for this answer and belongs to nobody else. */
  @SuppressWarnings("unchecked")
  static void mask(JsonNode json, Map<String, Object> schema) {
    Object properties = schema.get("properties");
    Object values = schema.get("additionalProperties");
    Object items = schema.get("items");
    if (json instanceof ObjectNode object) {
      for (String name : Set.copyOf(object.propertyNames())) {
        Object described =
            properties instanceof Map<?, ?> known && known.containsKey(name)
                ? known.get(name)
                : values;
        if (described instanceof Map<?, ?> child) {
          if (Boolean.TRUE.equals(child.get("writeOnly"))) {
            if (!object.get(name).isNull()) {
              object.put(name, MASK);
            }
          } else {
            mask(object.get(name), (Map<String, Object>) child);
          }
        }
      }
    } else if (json instanceof ArrayNode array && items instanceof Map<?, ?> child) {
      for (JsonNode item : array) {
        mask(item, (Map<String, Object>) child);
      }
    }
  }
}
