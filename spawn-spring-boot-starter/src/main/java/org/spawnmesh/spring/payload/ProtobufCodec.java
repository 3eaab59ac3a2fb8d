package org.spawnmesh.spring.payload;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.Payload;
import org.spawnmesh.actor.PayloadEncodingException;

/** Protobuf messages of one class, named as {@code google.protobuf.Any} names them. */
final class ProtobufCodec implements PayloadCodec {

  private static final String PREFIX = "type.googleapis.com/";

  private final Class<?> messageClass;
  private final String fullName;
  private final Parser<? extends Message> parser;

  private ProtobufCodec(Class<?> messageClass, Message prototype) {
    this.messageClass = messageClass;
    this.fullName = prototype.getDescriptorForType().getFullName();
    this.parser = prototype.getParserForType();
  }

  static boolean supports(Class<?> type) {
    return Message.class.isAssignableFrom(type) && type != Message.class;
  }

  static ProtobufCodec of(Class<?> messageClass) {
    try {
      Method getter = messageClass.getMethod("getDefaultInstance");
      getter.setAccessible(true);
      return new ProtobufCodec(messageClass, (Message) getter.invoke(null));
    } catch (NoSuchMethodException | IllegalAccessException | InvocationTargetException e) {
      throw new IllegalArgumentException(
          messageClass.getName() + " is not a generated protobuf message class", e);
    }
  }

  static Payload live(Object message) {
    return new LiveMessage((Message) message);
  }

  @Override
  public Payload encode(@Nullable Object value) {
    return value == null ? Payload.NONE : new LiveMessage((Message) value);
  }

  @Override
  public @Nullable Object decode(Payload payload) {
    if (payload instanceof LiveMessage live && live.message.getClass() == messageClass) {
      return live.message;
    }
    if (Json.isNothing(payload)) {
      return null;
    }
    String type = payload.type();
    if (!fullName.equals(type.substring(type.lastIndexOf('/') + 1))) {
      throw new PayloadEncodingException("%s is no %s".formatted(payload, fullName), null);
    }
    try {
      return parser.parseFrom(payload.bytes());
    } catch (InvalidProtocolBufferException e) {
      throw new PayloadEncodingException(
          "The bytes cannot be read as %s: %s".formatted(fullName, e.getMessage()), e);
    }
  }

  /** Messages are immutable, so they are shared. */
  private static final class LiveMessage implements Payload {

    private final Message message;
    private volatile byte @Nullable [] bytes;

    private LiveMessage(Message message) {
      this.message = message;
    }

    @Override
    public String type() {
      return PREFIX + message.getDescriptorForType().getFullName();
    }

    @Override
    public byte[] bytes() {
      byte[] encoded = bytes;
      if (encoded == null) {
        encoded = message.toByteArray();
        bytes = encoded;
      }
      return encoded;
    }

    @Override
    public int knownSize() {
      byte[] encoded = bytes;
      return encoded == null ? -1 : encoded.length;
    }

    @Override
    public String toString() {
      return type();
    }
  }
}
