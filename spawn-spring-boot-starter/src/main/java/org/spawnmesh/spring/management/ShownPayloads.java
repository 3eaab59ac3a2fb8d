package org.spawnmesh.spring.management;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.Payload;
import org.spawnmesh.spring.ActorShape;
import org.spawnmesh.spring.payload.PayloadCodecs;
import org.springframework.util.ClassUtils;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What people see of a payload: JSON as it is, with what is sensitive masked; a protobuf message
 * whose descriptor is known as JSON; anything else as its type and hexadecimal. Thread-safe.
 */
final class ShownPayloads {

  private static final int MOST_BYTES = 4096;
  private static final boolean PROTOBUF_PRESENT =
      ClassUtils.isPresent(
          "com.google.protobuf.DynamicMessage", ShownPayloads.class.getClassLoader());

  private final JsonMapper mapper;
  private final Supplier<Map<String, ActorShape>> shapes;
  private final byte @Nullable [] descriptorSet;
  private volatile @Nullable MessageTypes messages;

  /**
   * @param descriptorSet file with descriptors of protobuf messages; null for those alone whose
   *     classes the beans' actors use
   * @throws IllegalArgumentException if it is no such file
   */
  ShownPayloads(
      JsonMapper mapper, Supplier<Map<String, ActorShape>> shapes, @Nullable Path descriptorSet) {
    this.mapper = mapper;
    this.shapes = shapes;
    this.descriptorSet = descriptorSet == null ? null : read(descriptorSet);
  }

  /** A mistake is told at the start, and not when somebody looks. */
  private static byte[] read(Path file) {
    if (!PROTOBUF_PRESENT) {
      throw new IllegalArgumentException(
          "spawn.management.descriptors is %s, but com.google.protobuf:protobuf-java is not on the class path"
              .formatted(file));
    }
    try {
      byte[] bytes = Files.readAllBytes(file);
      new MessageTypes(new ByteArrayInputStream(bytes), List.of());
      return bytes;
    } catch (IOException | IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "spawn.management.descriptors is %s, which cannot be used: %s"
              .formatted(file, e.getMessage()),
          e);
    }
  }

  /**
   * @param schema of the JSON, if there is one
   */
  Map<String, Object> show(Payload payload, Map<String, Object> schema) {
    Map<String, Object> shown = new LinkedHashMap<>();
    shown.put("type", payload.type());
    try {
      JsonNode json = json(payload, schema);
      if (json != null) {
        shown.put("json", json);
        return shown;
      }
    } catch (IllegalArgumentException e) {
      shown.put("unreadable", String.valueOf(e.getMessage()));
    } catch (JacksonException e) {
      shown.put("unreadable", "It says that it is JSON and is not");
    }
    byte[] bytes = payload.bytes();
    shown.put("size", bytes.length);
    shown.put("hex", HexFormat.of().formatHex(bytes, 0, Math.min(bytes.length, MOST_BYTES)));
    return shown;
  }

  private @Nullable JsonNode json(Payload payload, Map<String, Object> schema) {
    String text = PayloadCodecs.jsonText(payload);
    if (text != null) {
      JsonNode json = mapper.readTree(text);
      Schemas.mask(json, schema);
      return json;
    }
    return PROTOBUF_PRESENT ? messages().json(payload) : null;
  }

  /** Two who are first at once make it twice, and the same. */
  private MessageTypes messages() {
    MessageTypes known = messages;
    if (known == null) {
      known =
          new MessageTypes(
              descriptorSet == null ? null : new ByteArrayInputStream(descriptorSet), types());
      messages = known;
    }
    return known;
  }

  private List<Type> types() {
    List<Type> types = new ArrayList<>();
    for (ActorShape shape : shapes.get().values()) {
      if (shape.state() != null) {
        types.add(shape.state());
      }
      shape.actions().values().forEach(action -> types.add(action.result()));
    }
    return types;
  }
}
