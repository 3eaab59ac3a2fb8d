package org.spawnmesh.spring.management;

import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.Payload;
import tools.jackson.databind.JsonNode;

/** The protobuf messages whose descriptors are known, to show them as JSON. Immutable. */
final class MessageTypes {

  private final Map<String, Descriptor> byName = new HashMap<>();

  /**
   * @param descriptorSet what {@code protoc --descriptor_set_out --include_imports} writes; null
   *     for none
   * @param classes those that are generated message classes count
   * @throws IllegalArgumentException if it is no such file
   */
  MessageTypes(@Nullable InputStream descriptorSet, Collection<? extends Type> classes) {
    if (descriptorSet != null) {
      try {
        FileDescriptorSet set = FileDescriptorSet.parseFrom(descriptorSet);
        Map<String, FileDescriptorProto> files = new HashMap<>();
        set.getFileList().forEach(file -> files.put(file.getName(), file));
        Map<String, FileDescriptor> built = new HashMap<>();
        for (String name : files.keySet()) {
          build(name, files, built).getMessageTypes().forEach(this::add);
        }
      } catch (IOException | DescriptorValidationException e) {
        throw new IllegalArgumentException(
            "It is no descriptor set as `protoc --descriptor_set_out=… --include_imports` writes"
                + " it: "
                + e.getMessage(),
            e);
      }
    }
    for (Type type : classes) {
      if (type instanceof Class<?> generated
          && com.google.protobuf.Message.class.isAssignableFrom(generated)) {
        add(descriptor(generated));
      }
    }
  }

  private static FileDescriptor build(
      String name, Map<String, FileDescriptorProto> files, Map<String, FileDescriptor> built)
      throws DescriptorValidationException {
    FileDescriptor there = built.get(name);
    if (there != null) {
      return there;
    }
    FileDescriptorProto file = files.get(name);
    if (file == null) {
      throw new IllegalArgumentException(
          "It lacks the imported file %s; write it with --include_imports".formatted(name));
    }
    List<FileDescriptor> imports = new ArrayList<>();
    for (String imported : file.getDependencyList()) {
      imports.add(build(imported, files, built));
    }
    FileDescriptor fresh = FileDescriptor.buildFrom(file, imports.toArray(FileDescriptor[]::new));
    built.put(name, fresh);
    return fresh;
  }

  private static Descriptor descriptor(Class<?> generated) {
    try {
      return (Descriptor) generated.getMethod("getDescriptor").invoke(null);
    } catch (ReflectiveOperationException e) {
      throw new IllegalArgumentException(
          generated.getName() + " is not a generated protobuf message class", e);
    }
  }

  private void add(Descriptor message) {
    byName.put(message.getFullName(), message);
    message.getNestedTypes().forEach(this::add);
  }

  /**
   * The message in a payload, or null if its type is not known.
   *
   * @throws IllegalArgumentException if its bytes are no such message
   */
  @Nullable JsonNode json(Payload payload) {
    Descriptor type = find(payload.type());
    if (type == null) {
      return null;
    }
    try {
      return new MessageJson(this).of(DynamicMessage.parseFrom(type, payload.bytes()));
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException(
          "It says that it is %s and is not: %s".formatted(type.getFullName(), e.getMessage()), e);
    }
  }

  /**
   * @param url of {@code google.protobuf.Any}: what is before the last slash does not matter
   */
  @Nullable Descriptor find(String url) {
    return byName.get(url.substring(url.lastIndexOf('/') + 1));
  }
}
