package org.spawnmesh.proxy.registration;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.util.Optional;
import org.spawnmesh.actor.ChannelDefinition;

/**
 * Reads {@code Metadata.channel_group}, which comes in two encodings: a {@code Channel} message, or
 * a plain string with the topic. Some strings happen to parse as a message, so only what is exactly
 * a Channel counts as one.
 */
final class Channels {

  private static final int TOPIC = 1;
  private static final int ACTION = 2;

  private Channels() {}

  /** Empty if the entry names no topic. */
  static Optional<ChannelDefinition> read(ByteString entry) {
    if (entry.isEmpty()) {
      return Optional.empty();
    }
    Optional<ChannelDefinition> channel = strictly(entry);
    if (channel.isPresent()) {
      return channel.filter(found -> !found.topic().isEmpty());
    }
    return Optional.of(new ChannelDefinition(entry.toStringUtf8(), ""));
  }

  private static Optional<ChannelDefinition> strictly(ByteString entry) {
    String topic = "";
    String action = "";
    try {
      CodedInputStream in = entry.newCodedInput();
      for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
        if (WireFormat.getTagWireType(tag) != WireFormat.WIRETYPE_LENGTH_DELIMITED) {
          return Optional.empty();
        }
        switch (WireFormat.getTagFieldNumber(tag)) {
          case TOPIC -> topic = in.readStringRequireUtf8();
          case ACTION -> action = in.readStringRequireUtf8();
          default -> {
            return Optional.empty();
          }
        }
      }
    } catch (IOException e) {
      return Optional.empty();
    }
    return Optional.of(new ChannelDefinition(topic, action));
  }
}
