package org.spawnmesh.proxy.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.Payload;
import org.spawnmesh.protocol.ActorInvocation;
import org.spawnmesh.protocol.ActorInvocationResponse;
import org.spawnmesh.protocol.Broadcast;
import org.spawnmesh.protocol.InvocationRequest;
import org.spawnmesh.protocol.InvocationResponse;
import org.spawnmesh.protocol.Noop;

class WireTest {

  private static final Any CART = any("type.googleapis.com/shop.Cart", 1, 2, 3);

  @Test
  void aPayloadPassesAsItCame() throws InvalidProtocolBufferException {
    Any parsed = Any.parseFrom(CART.toByteArray());

    Payload payload = Wire.of(parsed);

    assertThat(payload.type()).isEqualTo("type.googleapis.com/shop.Cart");
    assertThat(payload.bytes()).containsExactly(1, 2, 3);
    assertThat(Wire.toAny(payload)).isEqualTo(CART);
  }

  @Test
  void bytesOfAParsedMessageAreNotCopied() throws InvalidProtocolBufferException {
    Any parsed = Any.parseFrom(CART.toByteArray());

    assertThat(Wire.of(parsed).bytes()).isSameAs(Wire.of(parsed).bytes());
  }

  @Test
  void bytesThatArePartOfMoreAreCopied() {
    ByteString part = ByteString.copyFrom(new byte[] {0, 1, 2, 3, 4}).substring(1, 3);
    ByteString joined = ByteString.copyFrom(new byte[300]).concat(part);

    assertThat(Bytes.of(part)).containsExactly(1, 2);
    assertThat(Bytes.of(joined)).hasSize(302).endsWith(1, 2);
    assertThat(Bytes.of(ByteString.EMPTY)).isEmpty();
  }

  @Test
  void aMessageWithATypeAndNoBytesIsAPayload() {
    Payload payload = Wire.of(any("type.googleapis.com/UserState"));

    assertThat(payload.isNone()).isFalse();
    assertThat(Wire.toAny(payload)).isEqualTo(any("type.googleapis.com/UserState"));
  }

  @Test
  void aMessageWithoutTypeAndBytesIsNone() {
    assertThat(Wire.of(Any.getDefaultInstance()).isNone()).isTrue();
  }

  @Test
  void valueNoopAndUnsetStayApart() {
    assertThat(roundTrip(InvocationRequest.newBuilder().setValue(CART).build()).getValue())
        .isEqualTo(CART);
    assertThat(
            roundTrip(InvocationRequest.newBuilder().setNoop(Noop.getDefaultInstance()).build())
                .hasNoop())
        .isTrue();
    assertThat(roundTrip(InvocationRequest.getDefaultInstance()).getPayloadCase())
        .isEqualTo(ActorInvocation.PayloadCase.PAYLOAD_NOT_SET);
  }

  @Test
  void repliesAndBroadcastsAreReadAlike() {
    var noopReply = ActorInvocationResponse.newBuilder().setNoop(Noop.getDefaultInstance()).build();
    var noopBroadcast = Broadcast.newBuilder().setNoop(Noop.getDefaultInstance()).build();

    assertThat(Wire.payload(noopReply)).isSameAs(Wire.NOOP);
    assertThat(Wire.payload(noopBroadcast)).isSameAs(Wire.NOOP);
    assertThat(Wire.payload(ActorInvocationResponse.getDefaultInstance()).isNone()).isTrue();
    assertThat(Wire.payload(Broadcast.getDefaultInstance()).isNone()).isTrue();
    assertThat(Wire.payload(Broadcast.newBuilder().setValue(CART).build()).bytes())
        .containsExactly(1, 2, 3);
  }

  @Test
  void noopSurvivesBeingStoredAsTypeAndBytes() {
    Payload stored = Payload.of(Wire.NOOP.type(), Wire.NOOP.bytes().clone());
    var response = InvocationResponse.newBuilder();

    Wire.payload(response, stored);

    assertThat(response.hasNoop()).isTrue();
  }

  @Test
  void aValueOfTheOlderNoopTypeStaysAValue() {
    Any older = any("type.googleapis.com/eigr.functions.protocol.Noop");
    var response = InvocationResponse.newBuilder();

    Wire.payload(response, Wire.of(older));

    assertThat(response.getValue()).isEqualTo(older);
  }

  @ParameterizedTest
  @ValueSource(strings = {"spawn.", "eigr.functions.protocol."})
  void bothPackageNamesAreUnderstood(String prefix) {
    Payload json = Payload.of("type.googleapis.com/" + prefix + "JSONType", new byte[0]);
    Payload noop = Payload.of("type.googleapis.com/" + prefix + "Noop", new byte[0]);

    assertThat(Wire.isJson(json)).isTrue();
    assertThat(Wire.isJson(noop)).isFalse();
  }

  @Test
  void c4_aNamedActorHasNoParentOnTheWire() {
    var id = Wire.actorId(ActorId.of("shop", "joe", "joe"));

    assertThat(id.getName()).isEqualTo("joe");
    assertThat(id.getSystem()).isEqualTo("shop");
    assertThat(id.getParent()).isEmpty();
  }

  @Test
  void c4_anInstanceHasItsDefinitionAsParent() {
    var id = Wire.actorId(ActorId.of("shop", "Cart", "alice"));

    assertThat(id.getName()).isEqualTo("alice");
    assertThat(id.getParent()).isEqualTo("Cart");
  }

  private static ActorInvocation roundTrip(InvocationRequest request) {
    var invocation = ActorInvocation.newBuilder();
    Wire.payload(invocation, Wire.payload(request));
    return invocation.build();
  }

  private static Any any(String type, int... bytes) {
    byte[] value = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      value[i] = (byte) bytes[i];
    }
    return Any.newBuilder().setTypeUrl(type).setValue(ByteString.copyFrom(value)).build();
  }
}
