package org.spawnmesh.spring.management;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Label;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Type;
import com.google.protobuf.DescriptorProtos.FieldOptions;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.DescriptorProtos.MessageOptions;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Duration;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.StringValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Timestamp;
import com.google.protobuf.Value;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.spawnmesh.actor.Payload;

class MessageTypesTest {

  private static final String PREFIX = "type.googleapis.com/";

  private static FieldDescriptorProto.Builder field(int number, String name, Type type) {
    return FieldDescriptorProto.newBuilder()
        .setName(name)
        .setNumber(number)
        .setType(type)
        .setLabel(Label.LABEL_OPTIONAL);
  }

  /** A cart as somebody's host declares it; the node has no class of it. */
  static FileDescriptorSet descriptors() {
    DescriptorProto entry =
        DescriptorProto.newBuilder()
            .setName("QuantitiesEntry")
            .setOptions(MessageOptions.newBuilder().setMapEntry(true))
            .addField(field(1, "key", Type.TYPE_STRING))
            .addField(field(2, "value", Type.TYPE_INT64))
            .build();
    DescriptorProto cart =
        DescriptorProto.newBuilder()
            .setName("Cart")
            .addNestedType(entry)
            .addEnumType(
                EnumDescriptorProto.newBuilder()
                    .setName("Kind")
                    .addValue(
                        com.google.protobuf.DescriptorProtos.EnumValueDescriptorProto.newBuilder()
                            .setName("PLAIN")
                            .setNumber(0))
                    .addValue(
                        com.google.protobuf.DescriptorProtos.EnumValueDescriptorProto.newBuilder()
                            .setName("GIFT")
                            .setNumber(1)))
            .addField(field(1, "customer_name", Type.TYPE_STRING))
            .addField(
                field(2, "quantities", Type.TYPE_MESSAGE)
                    .setLabel(Label.LABEL_REPEATED)
                    .setTypeName(".shop.Cart.QuantitiesEntry"))
            .addField(field(3, "kind", Type.TYPE_ENUM).setTypeName(".shop.Cart.Kind"))
            .addField(field(4, "pieces", Type.TYPE_UINT32))
            .addField(field(5, "picture", Type.TYPE_BYTES))
            .addField(field(6, "weight", Type.TYPE_DOUBLE))
            .addField(
                field(7, "coupon", Type.TYPE_STRING)
                    .setOptions(FieldOptions.newBuilder().setDebugRedact(true)))
            .addField(
                field(8, "changed", Type.TYPE_MESSAGE).setTypeName(".google.protobuf.Timestamp"))
            .addField(field(9, "notes", Type.TYPE_STRING).setLabel(Label.LABEL_REPEATED))
            .build();
    return FileDescriptorSet.newBuilder()
        .addFile(
            FileDescriptorProto.newBuilder()
                .setName("shop.proto")
                .setPackage("shop")
                .setSyntax("proto3")
                .addDependency("google/protobuf/timestamp.proto")
                .addMessageType(cart))
        .addFile(Timestamp.getDescriptor().getFile().toProto())
        .build();
  }

  private static final MessageTypes TYPES =
      new MessageTypes(
          descriptors().toByteString().newInput(),
          List.of(
              Any.class,
              Duration.class,
              Struct.class,
              StringValue.class,
              String.class,
              Timestamp.class));

  private static String shown(com.google.protobuf.Message message) {
    return String.valueOf(
        TYPES.json(
            Payload.of(
                PREFIX + message.getDescriptorForType().getFullName(), message.toByteArray())));
  }

  static DynamicMessage cart() {
    Descriptor cart = TYPES.find("shop.Cart");
    Descriptor entry = cart.findFieldByName("quantities").getMessageType();
    return DynamicMessage.newBuilder(cart)
        .setField(cart.findFieldByName("customer_name"), "ada")
        .addRepeatedField(
            cart.findFieldByName("quantities"),
            DynamicMessage.newBuilder(entry)
                .setField(entry.findFieldByNumber(1), "tea")
                .setField(entry.findFieldByNumber(2), 9_007_199_254_740_993L)
                .build())
        .setField(
            cart.findFieldByName("kind"),
            cart.findFieldByName("kind").getEnumType().findValueByName("GIFT"))
        .setField(cart.findFieldByName("pieces"), -1)
        .setField(cart.findFieldByName("picture"), ByteString.copyFrom(new byte[] {1, 2, 3}))
        .setField(cart.findFieldByName("weight"), Double.NaN)
        .setField(cart.findFieldByName("coupon"), "NOBODY-MAY-SEE-THIS")
        .setField(
            cart.findFieldByName("changed"),
            Timestamp.newBuilder().setSeconds(1_700_000_000).setNanos(5_000_000).build())
        .addRepeatedField(cart.findFieldByName("notes"), "a")
        .addRepeatedField(cart.findFieldByName("notes"), "b")
        .build();
  }

  @Test
  void aMessageIsShownAsProtobufsOwnJson() {
    assertThat(shown(cart()))
        .isEqualTo(
            "{\"customerName\":\"ada\",\"quantities\":{\"tea\":\"9007199254740993\"},"
                + "\"kind\":\"GIFT\",\"pieces\":4294967295,\"picture\":\"AQID\",\"weight\":\"NaN\","
                + "\"coupon\":\"•••\",\"changed\":\"2023-11-14T22:13:20.005Z\",\"notes\":[\"a\",\"b\"]}");
  }

  @Test
  void googlesOwnMessagesAreShownAsTheyAreMeant() {
    assertThat(shown(StringValue.of("tea"))).isEqualTo("\"tea\"");
    assertThat(shown(Duration.newBuilder().setSeconds(-1).setNanos(-500_000_000).build()))
        .isEqualTo("\"-1.5s\"");
    assertThat(shown(Duration.newBuilder().setSeconds(100).build())).isEqualTo("\"100s\"");
    assertThat(
            shown(
                Struct.newBuilder()
                    .putFields("a", Value.newBuilder().setNumberValue(1.5).build())
                    .putFields("b", Value.newBuilder().setNullValueValue(0).build())
                    .build()))
        .isEqualTo("{\"a\":1.5,\"b\":null}");
    assertThat(shown(Any.pack(StringValue.of("tea"))))
        .isEqualTo(
            "{\"@type\":\"type.googleapis.com/google.protobuf.StringValue\",\"value\":\"tea\"}");
    assertThat(shown(Any.newBuilder().setTypeUrl("x/of.Others").setValue(ByteString.EMPTY).build()))
        .isEqualTo("{\"@type\":\"x/of.Others\",\"value\":\"\"}");
    // a time that no calendar has is shown as what it is
    assertThat(shown(Timestamp.newBuilder().setSeconds(Long.MAX_VALUE).build()))
        .isEqualTo("{\"seconds\":\"9223372036854775807\"}");
  }

  @Test
  void whatIsNotKnownIsNotGuessed() {
    assertThat(TYPES.json(Payload.of(PREFIX + "of.Others", new byte[] {8, 1}))).isNull();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TYPES.json(Payload.of(PREFIX + "shop.Cart", new byte[] {8})))
        .withMessageContaining("shop.Cart");
  }

  @Test
  void aFileThatIsNoDescriptorSetIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new MessageTypes(ByteString.copyFromUtf8("hello").newInput(), List.of()))
        .withMessageContaining("protoc");
    FileDescriptorSet lacking = descriptors().toBuilder().removeFile(1).build();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new MessageTypes(lacking.toByteString().newInput(), List.of()))
        .withMessageContaining("google/protobuf/timestamp.proto");
  }
}
