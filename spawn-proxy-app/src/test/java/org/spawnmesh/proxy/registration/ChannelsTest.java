package org.spawnmesh.proxy.registration;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.spawnmesh.actor.ChannelDefinition;
import org.spawnmesh.protocol.actors.Channel;

class ChannelsTest {

  /** The last ones parse as a message with unknown fields, and are topics all the same. */
  @ParameterizedTest
  @ValueSource(strings = {"test", "test.channel", "a", "ä", "iiiiiiiii", "quarterly", "yesterday"})
  void c2_textIsATopic(String topic) {
    assertThat(Channels.read(ByteString.copyFromUtf8(topic)))
        .contains(new ChannelDefinition(topic, ""));
  }

  @Test
  void c2_aMessageIsAChannel() {
    assertThat(Channels.read(Channel.newBuilder().setTopic("t").build().toByteString()))
        .contains(new ChannelDefinition("t", ""));
    assertThat(
            Channels.read(
                Channel.newBuilder().setTopic("t").setAction("hear").build().toByteString()))
        .contains(new ChannelDefinition("t", "hear"));
  }

  @Test
  void c2_nothingIsNoChannel() {
    assertThat(Channels.read(ByteString.EMPTY)).isEmpty();
    assertThat(Channels.read(Channel.newBuilder().setAction("x").build().toByteString())).isEmpty();
  }
}
